// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

import dev.idempotency.effect.CurrentEffect;
import dev.idempotency.effect.EffectBody;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectInDoubtException;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.effect.EffectObservation;
import dev.idempotency.effect.EffectObservation.Step;
import dev.idempotency.effect.EffectResult;
import dev.idempotency.effect.Outcome;
import dev.idempotency.effect.StaleClaimException;
import dev.idempotency.effect.StoredResult;
import dev.idempotency.inbox.FailureRule.Verdict;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the body under a claim, and stores how it ended.
 */
final class ExternalAttempts {

	private static final Logger logger = LoggerFactory.getLogger(ExternalAttempts.class);

	private static final int BEATS_PER_LEASE = 3;

	private final ClaimStore store;

	private final ClaimSteps steps;

	private final ClaimSettlement settlement;

	private final Heartbeats heartbeats;

	private final EffectListener listener;

	private final EffectObservation observation;

	private final Clock clock;

	private final KeyWatch keys = new KeyWatch();

	ExternalAttempts(ClaimStore store, ClaimSteps steps, Heartbeats heartbeats, Pauses pauses, EffectListener listener,
			EffectObservation observation, Clock clock) {
		this.store = store;
		this.steps = steps;
		this.settlement = new ClaimSettlement(store, pauses);
		this.heartbeats = heartbeats;
		this.listener = listener;
		this.observation = observation;
		this.clock = clock;
	}

	<T extends @Nullable Object> EffectResult<T> run(ExternalCall call, Found.Won won, Instant start,
			ResultEncoding<T> encoding, EffectBody<T> body) throws Throwable {
		Duration lease = call.settings().lease();
		try (Heartbeats.Running beating = this.heartbeats.start(lease.dividedBy(BEATS_PER_LEASE),
				() -> this.store.renew(won.id(), lease))) {
			T value;
			CurrentEffect scope = CurrentEffect.enter(call.key(), won.providerKey());
			try (scope) {
				value = this.observation.observe(Step.BODY, call.key(), body);
			}
			catch (Throwable ex) {
				throw failed(call, won, start, scope, encoding, ex);
			}
			this.keys.completed(call, scope);
			return completed(call, won, start, value, encode(call.key(), encoding, value));
		}
	}

	private <T extends @Nullable Object> EffectResult<T> completed(ExternalCall call, Found.Won won, Instant start,
			T value, @Nullable StoredResult result) {
		if (this.settlement.store(call.key(),
				ClaimChange.finished(won.id(), ClaimState.COMPLETED, call.settings().retention(), result))) {
			ended(call.key(), Outcome.COMPLETED, start);
			return new EffectResult.Applied<>(value);
		}
		StoredClaim now = stale(call.key());
		if (now != null && now.state().isFinished()) {
			Outcome outcome = (now.state() == ClaimState.COMPLETED) ? Outcome.COMPLETED : Outcome.REJECTED;
			return new EffectResult.Duplicate<>(outcome, now.result());
		}
		if (now != null && now.state() == ClaimState.IN_DOUBT) {
			throw new EffectInDoubtException(call.key(), null);
		}
		throw new StaleClaimException(call.key());
	}

	/**
	 * Stores a failure.
	 * @return what the caller is to see
	 */
	private Throwable failed(ExternalCall call, Found.Won won, Instant start, CurrentEffect scope,
			ResultEncoding<?> encoding, Throwable failure) {
		Verdict verdict = call.settings().failures().judge(failure);
		if (verdict == Verdict.NOT_EXECUTED && scope.hasReachedOutside()) {
			verdict = Verdict.AMBIGUOUS;
		}
		ClaimChange end = end(call, won, verdict, scope, encoding, failure);
		try {
			if (!this.settlement.store(call.key(), end)) {
				StoredClaim now = stale(call.key());
				return (now != null && now.state() == ClaimState.IN_DOUBT)
						? new EffectInDoubtException(call.key(), failure) : failure;
			}
		}
		catch (RuntimeException ex) {
			logger.error("The failure of effect {} could not be stored; it is judged once its lease is over",
					call.key(), ex);
			failure.addSuppressed(ex);
			return failure;
		}
		return switch (end.to()) {
			case REJECTED -> {
				ended(call.key(), Outcome.REJECTED, start);
				yield failure;
			}
			case IN_DOUBT -> {
				this.steps.doubtful(call.key(), String.valueOf(end.reason()));
				yield new EffectInDoubtException(call.key(), failure);
			}
			default -> {
				this.steps.retryable(call.key());
				yield failure;
			}
		};
	}

	private static ClaimChange end(ExternalCall call, Found.Won won, Verdict verdict, CurrentEffect scope,
			ResultEncoding<?> encoding, Throwable failure) {
		Duration keep = call.settings().retention();
		String reason = String.valueOf(failure);
		return switch (verdict) {
			case REJECTED ->
				ClaimChange.finished(won.id(), ClaimState.REJECTED, keep, rejection(call.key(), encoding, failure));
			case NOT_EXECUTED -> ClaimChange.notExecuted(won.id(), won.reached(), keep, reason);
			case AMBIGUOUS -> {
				String obstacle = obstacle(call, won, scope);
				yield (obstacle == null) ? ClaimChange.repeatable(won.id(), false, reason)
						: ClaimChange.doubtful(won.id(), ClaimState.CLAIMED, false, obstacle + reason);
			}
		};
	}

	/**
	 * What forbids to repeat an attempt that may have been seen outside.
	 * @return {@code null} for nothing
	 */
	private static @Nullable String obstacle(ExternalCall call, Found.Won won, CurrentEffect scope) {
		if (!call.repeatsSafely()) {
			return "";
		}
		if (call.provider().sticks(scope.answer())) {
			return "The provider answered " + scope.answer()
					+ " and would repeat that under this key, so it was not asked again: ";
		}
		if (!scope.hasGivenKey()) {
			return "No request carried the key, so the provider may take a repetition for a new request: ";
		}
		return (won.attempts() < call.settings().maxAttempts()) ? null : "";
	}

	private @Nullable StoredClaim stale(EffectKey key) {
		StoredClaim now = this.store.find(key);
		logger.warn("The body of effect {} ended after its claim had been taken over, and its end does not count; "
				+ "the claim is now {}", key, (now != null) ? now.state() : "gone");
		this.listener.on(new EffectEvent.StaleCompletion(key.consumer(), key));
		return now;
	}

	private void ended(EffectKey key, Outcome outcome, Instant start) {
		this.listener
			.on(new EffectEvent.Completed(key.consumer(), key, outcome, Duration.between(start, this.clock.instant())));
	}

	private static @Nullable StoredResult rejection(EffectKey key, ResultEncoding<?> encoding, Throwable failure) {
		try {
			return encoding.encodeRejection(failure);
		}
		catch (RuntimeException ex) {
			logger.warn("Why effect {} was rejected cannot be stored, so repetitions are not told", key, ex);
			return null;
		}
	}

	/**
	 * NullAway does not see that the body of a stored result may be missing.
	 */
	@SuppressWarnings("NullAway")
	private static <T extends @Nullable Object> @Nullable StoredResult encode(EffectKey key, ResultEncoding<T> encoding,
			T value) {
		try {
			return encoding.encode(value);
		}
		catch (RuntimeException ex) {
			logger.warn("The result of effect {} cannot be stored, so repetitions get an error", key, ex);
			return new StoredResult("none", null);
		}
	}

}
