// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.time.Duration;
import java.util.function.Supplier;

import dev.idempotency.effect.EffectException;
import dev.idempotency.effect.Outcome;
import dev.idempotency.effect.ProviderKey;
import org.jspecify.annotations.Nullable;

/**
 * Claims an external effect, or finds out why not. Waits for a concurrent duplicate as
 * long as the flow allows, and never touches what somebody else owns.
 */
final class ClaimRace {

	private static final int STEPS = 8;

	private static final Duration FIRST_PAUSE = Duration.ofMillis(10);

	private static final Duration LONGEST_PAUSE = Duration.ofMillis(250);

	private final ClaimStore store;

	private final ClaimSteps steps;

	private final Supplier<String> owners;

	private final Pauses pauses;

	ClaimRace(ClaimStore store, ClaimSteps steps, Supplier<String> owners, Pauses pauses) {
		this.store = store;
		this.steps = steps;
		this.owners = owners;
		this.pauses = pauses;
	}

	Found claim(ExternalCall call) throws InterruptedException {
		String owner = this.owners.get();
		Duration left = call.settings().waitFor();
		Duration pause = FIRST_PAUSE;
		while (true) {
			Found found = decide(call, owner);
			if (!(found instanceof Found.Busy) || left.isZero()) {
				return found;
			}
			pause = (pause.compareTo(left) < 0) ? pause : left;
			this.pauses.pause(pause);
			left = left.minus(pause);
			pause = pause.multipliedBy(2);
			pause = (pause.compareTo(LONGEST_PAUSE) < 0) ? pause : LONGEST_PAUSE;
		}
	}

	/**
	 * Every step without an answer leads to another look; who loses each of them meets
	 * others that win.
	 */
	private Found decide(ExternalCall call, String owner) {
		for (int i = 0; i < STEPS; i++) {
			Found found = step(call, owner);
			if (found != null) {
				return found;
			}
		}
		return new Found.Busy();
	}

	/**
	 * If the answer of the store is lost, the claim may be ours: its owner tells.
	 */
	private @Nullable Found step(ExternalCall call, String owner) {
		try {
			return look(call, owner);
		}
		catch (EffectException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			return look(call, owner);
		}
	}

	private @Nullable Found look(ExternalCall call, String owner) {
		ClaimRequest request = call.request(owner);
		StoredClaim seen = this.store.open(request);
		if (seen == null) {
			return won(call, new ClaimId(call.key().hash(), 1), 1, false, request.providerKey());
		}
		if (seen.state() == ClaimState.CLAIMED && seen.owner().equals(owner)) {
			return won(call, seen.id(), seen.attempts(), seen.reached(), seen.providerKey());
		}
		if (seen.collidesWith(call.fingerprint())) {
			return new Found.Collision();
		}
		return switch (seen.state()) {
			case COMPLETED -> new Found.Finished(Outcome.COMPLETED, seen.result());
			case REJECTED -> new Found.Finished(Outcome.REJECTED, seen.result());
			case IN_DOUBT -> new Found.Doubtful();
			case CLAIMED -> seen.leaseOver() ? afterwards(this.steps.expire(seen)) : new Found.Busy();
			case RETRYABLE -> again(call, request, seen);
		};
	}

	private @Nullable Found again(ExternalCall call, ClaimRequest request, StoredClaim seen) {
		String obstacle = seen.reached() ? obstacle(call, seen) : null;
		if (obstacle != null) {
			return afterwards(this.steps.giveUp(seen, obstacle));
		}
		String providerKey = null;
		if (call.repeatsSafely()) {
			providerKey = (seen.providerKey() != null) ? seen.providerKey()
					: call.provider().keyOf(call.key(), seen.fence());
		}
		if (!this.store.takeOver(request.withProviderKey(providerKey), seen)) {
			return null;
		}
		return won(call, new ClaimId(call.key().hash(), seen.fence() + 1), seen.reached() ? seen.attempts() + 1 : 1,
				seen.mayHaveReached(providerKey), providerKey);
	}

	/**
	 * What forbids to repeat an effect that may have been seen outside.
	 */
	private static @Nullable String obstacle(ExternalCall call, StoredClaim seen) {
		if (!call.repeatsSafely() || seen.providerKey() == null) {
			return "It was begun under contract " + seen.contract() + " and is now called under " + call.contract()
					+ ", which does not allow to repeat it";
		}
		if (!seen.windowOpen()) {
			return "The provider may no longer recognise its key";
		}
		return (seen.attempts() >= call.settings().maxAttempts()) ? "It was begun " + seen.attempts() + " times" : null;
	}

	private static Found won(ExternalCall call, ClaimId id, int attempts, boolean reached,
			@Nullable String providerKey) {
		return new Found.Won(id, attempts, reached, (providerKey == null) ? null
				: new ProviderKey(providerKey, call.provider().header(), call.settings().hosts()));
	}

	/**
	 * Whether the step was ours or somebody else's, the claim is elsewhere now.
	 */
	private static @Nullable Found afterwards(boolean taken) {
		return null;
	}

}
