// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

import dev.idempotency.effect.CurrentEffect;
import dev.idempotency.effect.EffectBody;
import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.EffectCollisionException;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectException;
import dev.idempotency.effect.EffectInProgressException;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.effect.EffectObservation;
import dev.idempotency.effect.EffectObservation.Step;
import dev.idempotency.effect.EffectResult;
import dev.idempotency.effect.Outcome;
import dev.idempotency.effect.UnprotectedEffectException;
import dev.idempotency.inbox.UnitOfWork.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * The protocol of a local effect: claim first, then the body, then the proof that the
 * claim is still held, all in one transaction. There is no lease and nothing to sweep: a
 * rollback or a crash leaves nothing behind, and a commit whose answer is lost decides
 * nothing.
 */
public final class LocalEffects {

	private final Inbox inbox;

	private final EffectListener listener;

	private final EffectObservation observation;

	private final Clock clock;

	/**
	 * Creates the protocol.
	 * @param inbox where claims are made
	 * @param listener hears every decision
	 * @param observation watches the steps
	 * @param clock measures durations
	 */
	public LocalEffects(Inbox inbox, EffectListener listener, EffectObservation observation, Clock clock) {
		this.inbox = inbox;
		this.listener = listener;
		this.observation = observation;
		this.clock = clock;
	}

	/**
	 * Runs a body at most once per committed claim.
	 * @param call identity, fingerprint and settings
	 * @param unit the transaction to run in
	 * @param body the business code
	 * @param <T> type of the result
	 * @return applied now, or found finished
	 * @throws EffectException if nothing was applied and the caller must repeat or give
	 * up
	 * @throws Throwable what the body or the commit threw
	 */
	public <T extends @Nullable Object> EffectResult<T> run(EffectCall call, UnitOfWork unit, EffectBody<T> body)
			throws Throwable {
		try (CurrentEffect scope = CurrentEffect.enter(call.key())) {
			return this.observation.observe(Step.EFFECT, call.key(), () -> {
				Claim.Done known = this.inbox.known(call);
				return (known != null) ? suppress(call.key(), known)
						: unit.execute((transaction) -> decide(call, transaction, body));
			});
		}
	}

	private <T extends @Nullable Object> EffectResult<T> decide(EffectCall call, Transaction transaction,
			EffectBody<T> body) throws Throwable {
		EffectKey key = call.key();
		Instant start = this.clock.instant();
		Claim claim = this.observation.observe(Step.CLAIM, key, () -> this.inbox.claim(call));
		Duration waited = Duration.between(start, this.clock.instant());
		if (claim instanceof Claim.Held held) {
			publish(new EffectEvent.Claimed(key.consumer(), key, waited));
			return apply(key, start, held, transaction, body);
		}
		if (claim instanceof Claim.Done done) {
			return suppress(key, done);
		}
		if (claim instanceof Claim.Busy busy) {
			publish(new EffectEvent.InProgress(key.consumer(), key, waited));
			throw new EffectInProgressException(key, waited, busy.cause());
		}
		publish(new EffectEvent.Collision(key.consumer(), key));
		throw new EffectCollisionException(key);
	}

	private <T extends @Nullable Object> EffectResult<T> suppress(EffectKey key, Claim.Done done) {
		publish(new EffectEvent.Duplicate(key.consumer(), key, done.outcome()));
		return new EffectResult.Duplicate<>(done.outcome());
	}

	private <T extends @Nullable Object> EffectResult<T> apply(EffectKey key, Instant start, Claim.Held held,
			Transaction transaction, EffectBody<T> body) throws Throwable {
		Ending ending = new Ending(key, start, held);
		transaction.afterCompletion(ending::completed);
		try {
			T value = this.observation.observe(Step.BODY, key, body);
			prove(key, held);
			return new EffectResult.Applied<>(value);
		}
		catch (Throwable ex) {
			if (transaction.commitsOn(ex)) {
				held.reject();
				prove(key, held);
				ending.outcome = Outcome.REJECTED;
			}
			throw ex;
		}
	}

	private static void prove(EffectKey key, Claim.Held held) {
		if (!held.holds()) {
			throw new UnprotectedEffectException("The transaction of effect " + key
					+ " no longer holds its claim, so its commit would lose the effect or let it repeat. "
					+ "The body swallowed a failed statement, or ended the transaction itself; "
					+ "let the exception through, or use a savepoint around the statement");
		}
	}

	private void publish(EffectEvent event) {
		this.listener.on(event);
	}

	/**
	 * Reports how the transaction ended, once it has.
	 */
	private final class Ending {

		private final EffectKey key;

		private final Instant start;

		private final Claim.Held held;

		private Outcome outcome = Outcome.COMPLETED;

		private Ending(EffectKey key, Instant start, Claim.Held held) {
			this.key = key;
			this.start = start;
			this.held = held;
		}

		private void completed(UnitOfWork.Completion completion) {
			this.held.ended(completion);
			String flow = this.key.consumer();
			publish(switch (completion) {
				case COMMITTED -> new EffectEvent.Completed(flow, this.key, this.outcome,
						Duration.between(this.start, LocalEffects.this.clock.instant()));
				case ROLLED_BACK -> new EffectEvent.RolledBack(flow, this.key);
				case UNKNOWN -> this.held.refused() ? new EffectEvent.RolledBack(flow, this.key)
						: new EffectEvent.CommitUnknown(flow, this.key);
			});
		}

	}

}
