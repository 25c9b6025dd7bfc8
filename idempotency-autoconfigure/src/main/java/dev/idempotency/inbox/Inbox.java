// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.UnprotectedEffectException;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which effects happened. An implementation works on the transaction bound to
 * the calling thread and decides with one atomic statement: never check, then act.
 */
@FunctionalInterface
public interface Inbox {

	/**
	 * Claims an effect, as the first statement of its transaction. A concurrent holder of
	 * the key is waited for, at most {@code call.settings().waitFor()}.
	 * @param call key, fingerprint and settings
	 * @return what the claim found; after {@link Claim.Busy} the transaction must be
	 * rolled back
	 * @throws UnprotectedEffectException if no writable transaction of the inbox's
	 * database is bound to the thread
	 */
	Claim claim(EffectCall call);

	/**
	 * What is known of an effect without asking a database; needs no transaction.
	 * @param call key and fingerprint
	 * @return how it was finished and committed, {@code null} if only a claim can tell
	 */
	default Claim.@Nullable Done known(EffectCall call) {
		return null;
	}

	/**
	 * Claims a batch of effects, as the first statements of their transaction: the whole
	 * batch by one statement, where the database can. The wait for concurrent holders is
	 * bounded for the batch as it is for one.
	 * @param calls keys, fingerprints and settings, none or many
	 * @return what was found, in the order of the calls. Of a key that comes several
	 * times the first is held, the others are done. Either none is {@link Claim.Busy} or
	 * all are, and then the transaction must be rolled back. What
	 * {@link Claim.Held#holds() one of the held} proves it proves of all of them, so it
	 * is asked once
	 * @throws UnprotectedEffectException if no writable transaction of the inbox's
	 * database is bound to the thread
	 */
	default List<Claim> claimAll(List<EffectCall> calls) {
		List<Claim> claims = new ArrayList<>(calls.size());
		for (EffectCall call : calls) {
			Claim claim = claim(call);
			if (claim instanceof Claim.Busy) {
				return Collections.nCopies(calls.size(), claim);
			}
			claims.add(claim);
		}
		return claims;
	}

}
