// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.util.List;

import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.effect.InDoubtEffect;
import dev.idempotency.effect.Resolution;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The effects in doubt, and the only way out. Of several who decide at the same time one
 * wins.
 */
public final class InDoubtEffects {

	private static final Logger logger = LoggerFactory.getLogger(InDoubtEffects.class);

	private final ClaimStore claims;

	private final DoubtStore doubts;

	private final ExternalPolicies policies;

	private final EffectListener listener;

	/**
	 * Creates the list.
	 * @param claims remembers claims
	 * @param doubts reads those in doubt
	 * @param policies what is configured per flow
	 * @param listener hears every decision
	 */
	public InDoubtEffects(ClaimStore claims, DoubtStore doubts, ExternalPolicies policies, EffectListener listener) {
		this.claims = claims;
		this.doubts = doubts;
		this.policies = policies;
		this.listener = listener;
	}

	/**
	 * The effects that wait longest.
	 * @param limit how many at most
	 * @return the oldest first
	 */
	public List<InDoubtEffect> oldest(int limit) {
		return this.doubts.oldest(limit);
	}

	/**
	 * Decides.
	 * @param effect the effect
	 * @param how what is decided
	 * @param by who decides, for the record
	 * @return {@code false} if it is no longer in this doubt
	 */
	public boolean resolve(InDoubtEffect effect, Resolution how, String by) {
		ClaimId id = ClaimId.parse(effect.id());
		return id != null && resolve(id, effect.key(), how, by);
	}

	/**
	 * Decides.
	 * @param id names the doubt, as in {@link InDoubtEffect#id()}
	 * @param how what is decided
	 * @param by who decides, for the record
	 * @return {@code false} if nothing is in this doubt
	 */
	public boolean resolve(String id, Resolution how, String by) {
		ClaimId claim = ClaimId.parse(id);
		EffectKey key = (claim != null) ? this.doubts.keyOf(claim) : null;
		return claim != null && key != null && resolve(claim, key, how, by);
	}

	private boolean resolve(ClaimId id, EffectKey key, Resolution how, String by) {
		var keep = this.policies.of(key.consumer()).retention();
		String reason = how + " by " + by;
		boolean done = this.claims.change(switch (how) {
			case HAPPENED -> ClaimChange.decided(id, ClaimState.COMPLETED, keep, reason);
			case GIVE_UP -> ClaimChange.decided(id, ClaimState.REJECTED, keep, reason);
			case DID_NOT_HAPPEN -> ClaimChange.released(id, true, keep, reason);
			case RETRY -> ClaimChange.released(id, false, keep, reason);
		});
		if (done) {
			logger.info("Effect {} left doubt: {}", key, reason);
			this.listener.on(new EffectEvent.Resolved(key.consumer(), key, how, by));
		}
		return done;
	}

}
