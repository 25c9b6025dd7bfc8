// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Predicate;
import java.util.function.Supplier;

import dev.idempotency.effect.CurrentEffect;
import dev.idempotency.effect.EffectBody;
import dev.idempotency.effect.EffectCollisionException;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectException;
import dev.idempotency.effect.EffectInDoubtException;
import dev.idempotency.effect.EffectInProgressException;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.effect.EffectObservation;
import dev.idempotency.effect.EffectObservation.Step;
import dev.idempotency.effect.EffectResult;
import org.jspecify.annotations.Nullable;

/**
 * The protocol of an external effect: the claim commits first, the body runs outside of
 * any transaction, its end is stored under the fence of the claim. Whatever happens in
 * between, the contract decides: what the provider recognises is repeated with the same
 * key, the rest is in doubt and never repeated by itself.
 */
public final class ExternalEffects {

	private final ClaimRace race;

	private final ExternalAttempts attempts;

	private final EffectListener listener;

	private final EffectObservation observation;

	private final Clock clock;

	private final Predicate<String> passed;

	/**
	 * Creates the protocol.
	 * @param store remembers claims
	 * @param owners makes a text nobody ever claimed with
	 * @param heartbeats renews leases
	 * @param pauses waits
	 * @param listener hears every decision
	 * @param observation watches the steps
	 * @param clock measures durations
	 */
	public ExternalEffects(ClaimStore store, Supplier<String> owners, Heartbeats heartbeats, Pauses pauses,
			EffectListener listener, EffectObservation observation, Clock clock) {
		this(store, owners, heartbeats, pauses, listener, observation, clock, (flow) -> false);
	}

	/**
	 * Creates the protocol.
	 * @param store remembers claims
	 * @param owners makes a text nobody ever claimed with
	 * @param heartbeats renews leases
	 * @param pauses waits
	 * @param listener hears every decision
	 * @param observation watches the steps
	 * @param clock measures durations
	 * @param passed whether a flow is to go on now although its store is away
	 */
	public ExternalEffects(ClaimStore store, Supplier<String> owners, Heartbeats heartbeats, Pauses pauses,
			EffectListener listener, EffectObservation observation, Clock clock, Predicate<String> passed) {
		this.passed = passed;
		ClaimSteps steps = new ClaimSteps(store, listener);
		this.race = new ClaimRace(store, steps, owners, pauses);
		this.attempts = new ExternalAttempts(store, steps, heartbeats, pauses, listener, observation, clock);
		this.listener = listener;
		this.observation = observation;
		this.clock = clock;
	}

	/**
	 * Runs a body as its contract allows.
	 * @param call identity, fingerprint, contract and settings
	 * @param encoding how its result is stored
	 * @param body the business code: calls the outside world, once
	 * @param <T> type of the result
	 * @return applied now, or found finished
	 * @throws EffectInDoubtException if the effect is in doubt, or is now
	 * @throws EffectException if the body did not run, or its end does not count, and the
	 * caller must repeat or give up
	 * @throws Throwable what the body threw; or what the store threw, and then the claim
	 * is left to be judged by its contract once its lease is over
	 */
	public <T extends @Nullable Object> EffectResult<T> run(ExternalCall call, ResultEncoding<T> encoding,
			EffectBody<T> body) throws Throwable {
		CurrentEffect.requireOutside(call.key());
		if (call.repeatsSafely() && this.passed.test(call.key().consumer())) {
			return this.observation.observe(Step.EFFECT, call.key(), () -> pass(call, body));
		}
		return this.observation.observe(Step.EFFECT, call.key(), () -> protect(call, encoding, body));
	}

	/**
	 * The key is the one a first claim would store, so a repetition after the outage has
	 * the same.
	 */
	private <T extends @Nullable Object> EffectResult<T> pass(ExternalCall call, EffectBody<T> body) throws Throwable {
		EffectKey key = call.key();
		this.listener.on(new EffectEvent.Unprotected(key.consumer(), key));
		try (CurrentEffect scope = CurrentEffect.enter(key, call.firstKey())) {
			return new EffectResult.Applied<>(this.observation.observe(Step.BODY, key, body));
		}
	}

	private <T extends @Nullable Object> EffectResult<T> protect(ExternalCall call, ResultEncoding<T> encoding,
			EffectBody<T> body) throws Throwable {
		EffectKey key = call.key();
		Instant start = this.clock.instant();
		Found found = this.observation.observe(Step.CLAIM, key, () -> this.race.claim(call));
		Duration waited = Duration.between(start, this.clock.instant());
		if (found instanceof Found.Won won) {
			this.listener.on(new EffectEvent.Claimed(key.consumer(), key, waited));
			return this.attempts.run(call, won, start, encoding, body);
		}
		if (found instanceof Found.Finished finished) {
			this.listener.on(new EffectEvent.Duplicate(key.consumer(), key, finished.outcome()));
			return new EffectResult.Duplicate<>(finished.outcome(), finished.result());
		}
		if (found instanceof Found.Doubtful) {
			throw new EffectInDoubtException(key, null);
		}
		if (found instanceof Found.Busy) {
			this.listener.on(new EffectEvent.InProgress(key.consumer(), key, waited));
			throw new EffectInProgressException(key, waited, null);
		}
		this.listener.on(new EffectEvent.Collision(key.consumer(), key));
		throw new EffectCollisionException(key);
	}

}
