// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.UnprotectedEffectException;

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

}
