// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import dev.idempotency.effect.CurrentEffect;
import dev.idempotency.effect.EffectBody;
import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.EffectCollisionException;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectException;
import dev.idempotency.effect.EffectGroupException;
import dev.idempotency.effect.EffectInProgressException;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.effect.EffectObservation;
import dev.idempotency.effect.EffectObservation.Step;
import dev.idempotency.effect.EffectResult;
import dev.idempotency.effect.Outcome;
import dev.idempotency.effect.StoredResult;
import dev.idempotency.effect.UnprotectedEffectException;
import dev.idempotency.inbox.UnitOfWork.CompletionListener;
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
		return run(call, unit, body, Results.none());
	}

	/**
	 * Runs a body at most once per committed claim, and keeps what it returns.
	 * @param call identity, fingerprint and settings
	 * @param unit the transaction to run in
	 * @param body the business code
	 * @param results keeps the result in the same transaction
	 * @param <T> type of the result
	 * @return applied now, or found finished, with what was kept
	 * @throws EffectException if nothing was applied and the caller must repeat or give
	 * up
	 * @throws Throwable what the body or the commit threw
	 */
	public <T extends @Nullable Object> EffectResult<T> run(EffectCall call, UnitOfWork unit, EffectBody<T> body,
			Results<T> results) throws Throwable {
		try (CurrentEffect scope = CurrentEffect.enter(call.key())) {
			return protect(call, unit, body, results);
		}
	}

	/**
	 * Runs the body of a batch of which one message is left.
	 * @param call identity, fingerprint and settings of the message
	 * @param unit the transaction to run in
	 * @param body the business code
	 * @throws EffectException as from {@link #run}
	 * @throws Throwable what the body or the commit threw
	 */
	public void runLast(EffectCall call, UnitOfWork unit, EffectBody<?> body) throws Throwable {
		try (CurrentEffect scope = CurrentEffect.enterBatch(List.of(call.key()))) {
			protect(call, unit, body, Results.none());
		}
	}

	/**
	 * Applies several effects in one transaction, all or none. What could not be applied
	 * alone either is not reported here: the caller runs it alone.
	 * @param calls identities, fingerprints and settings, at least one
	 * @param unit the transaction to run in
	 * @param work the business code of those that are held
	 * @throws EffectGroupException if the group cannot be applied together
	 * @throws EffectException if the group cannot be decided now
	 * @throws Throwable what the commit threw
	 */
	public void runAll(List<EffectCall> calls, UnitOfWork unit, GroupWork work) throws Throwable {
		this.observation.observe(Step.EFFECT, calls.get(0).key(), () -> unit.execute((transaction) -> {
			decideAll(calls, transaction, work);
			return calls;
		}));
	}

	/**
	 * Runs the body of one effect of a group.
	 * @param call the effect
	 * @param body the business code
	 * @throws Throwable what the body threw
	 */
	public void runInGroup(EffectCall call, EffectBody<?> body) throws Throwable {
		try (CurrentEffect scope = CurrentEffect.enter(call.key())) {
			this.observation.observe(Step.BODY, call.key(), body);
		}
	}

	/**
	 * Runs the body that applies all effects of a batch.
	 * @param calls the effects, at least one
	 * @param body the business code
	 * @throws Throwable what the body threw
	 */
	public void runAsBatch(List<EffectCall> calls, EffectBody<?> body) throws Throwable {
		try (CurrentEffect scope = CurrentEffect.enterBatch(calls.stream().map(EffectCall::key).toList())) {
			this.observation.observe(Step.BODY, calls.get(0).key(), body);
		}
	}

	private void decideAll(List<EffectCall> calls, Transaction transaction, GroupWork work) throws Throwable {
		EffectKey first = calls.get(0).key();
		Instant start = this.clock.instant();
		List<Claim> claims = this.observation.observe(Step.CLAIM, first, () -> this.inbox.claimAll(calls));
		Duration waited = Duration.between(start, this.clock.instant());
		if (claims.get(0) instanceof Claim.Busy busy) {
			publish(new EffectEvent.InProgress(first.consumer(), first, waited));
			throw new EffectInProgressException(first, waited, busy.cause());
		}
		int collision = claims.indexOf(new Claim.Collision());
		if (collision >= 0) {
			throw new EffectGroupException(collision, new EffectCollisionException(calls.get(collision).key()));
		}
		Claim.Held proof = null;
		List<CompletionListener> endings = new ArrayList<>(calls.size());
		for (int i = 0; i < calls.size(); i++) {
			EffectKey key = calls.get(i).key();
			if (claims.get(i) instanceof Claim.Held held) {
				proof = held;
				publish(new EffectEvent.Claimed(key.consumer(), key, waited));
				endings.add(new Ending(key, start, held)::completed);
			}
			else if (claims.get(i) instanceof Claim.Done done) {
				endings.add((completion) -> suppressed(completion, key, done));
			}
		}
		transaction.afterCompletion((completion) -> endings.forEach((ending) -> ending.completed(completion)));
		try {
			work.run(claims);
		}
		catch (EffectGroupException ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new EffectGroupException(EffectGroupException.UNKNOWN, ex);
		}
		if (proof != null) {
			prove(first, proof);
		}
	}

	/**
	 * Part of a group that rolls back, the repetition is found again.
	 */
	private void suppressed(UnitOfWork.Completion completion, EffectKey key, Claim.Done done) {
		if (completion == UnitOfWork.Completion.COMMITTED) {
			publish(new EffectEvent.Duplicate(key.consumer(), key, done.outcome()));
		}
	}

	private <T extends @Nullable Object> EffectResult<T> protect(EffectCall call, UnitOfWork unit, EffectBody<T> body,
			Results<T> results) throws Throwable {
		return this.observation.observe(Step.EFFECT, call.key(), () -> {
			Claim.Done known = this.inbox.known(call);
			if (known == null) {
				return unit.execute((transaction) -> decide(call, transaction, body, results));
			}
			return results.kept() ? unit.execute((transaction) -> suppress(call.key(), known, results))
					: suppress(call.key(), known, results);
		});
	}

	private <T extends @Nullable Object> EffectResult<T> decide(EffectCall call, Transaction transaction,
			EffectBody<T> body, Results<T> results) throws Throwable {
		EffectKey key = call.key();
		Instant start = this.clock.instant();
		Claim claim = this.observation.observe(Step.CLAIM, key, () -> this.inbox.claim(call));
		Duration waited = Duration.between(start, this.clock.instant());
		if (claim instanceof Claim.Held held) {
			publish(new EffectEvent.Claimed(key.consumer(), key, waited));
			return apply(key, start, held, transaction, body, results);
		}
		if (claim instanceof Claim.Done done) {
			return suppress(key, done, results);
		}
		if (claim instanceof Claim.Busy busy) {
			publish(new EffectEvent.InProgress(key.consumer(), key, waited));
			throw new EffectInProgressException(key, waited, busy.cause());
		}
		publish(new EffectEvent.Collision(key.consumer(), key));
		throw new EffectCollisionException(key);
	}

	private <T extends @Nullable Object> EffectResult<T> suppress(EffectKey key, Claim.Done done, Results<T> results) {
		StoredResult stored = results.find(key);
		publish(new EffectEvent.Duplicate(key.consumer(), key, done.outcome()));
		return new EffectResult.Duplicate<>(done.outcome(), stored);
	}

	private <T extends @Nullable Object> EffectResult<T> apply(EffectKey key, Instant start, Claim.Held held,
			Transaction transaction, EffectBody<T> body, Results<T> results) throws Throwable {
		Ending ending = new Ending(key, start, held);
		transaction.afterCompletion(ending::completed);
		try {
			T value = this.observation.observe(Step.BODY, key, body);
			results.keep(key, value);
			prove(key, held);
			return new EffectResult.Applied<>(value);
		}
		catch (Throwable ex) {
			if (transaction.commitsOn(ex)) {
				held.reject();
				results.keepRejection(key, ex);
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
	 * The business code of a group.
	 */
	@FunctionalInterface
	public interface GroupWork {

		/**
		 * Runs the business code of every effect that is held.
		 * @param claims what was found, in the order of the calls: held or done
		 * @throws Throwable an {@link EffectGroupException} if it can be told which one
		 * failed
		 */
		void run(List<Claim> claims) throws Throwable;

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
