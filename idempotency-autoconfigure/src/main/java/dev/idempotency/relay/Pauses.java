// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import dev.idempotency.flow.Backoff;
import dev.idempotency.outbox.OutboxRecord;

/**
 * Which messages of a destination may not be sent yet: refused ones until their pause is
 * over, unanswered ones while the retry budget is empty. A destination that answers
 * everything it gets need not be spared, so a round without a failure ends that.
 */
final class Pauses {

	private final Backoff backoff;

	private final RetryBudget budget;

	private final Timing timing;

	private final Map<Long, Long> refusedUntil = new HashMap<>();

	private final Set<Long> unanswered = new HashSet<>();

	Pauses(RelaySettings.Retrying settings, Timing timing) {
		this.backoff = settings.backoff();
		this.budget = new RetryBudget(settings.retryShare(), timing.now());
		this.timing = timing;
	}

	/**
	 * Whether a message may not be sent now. If it may, and got no answer before, that
	 * uses up some of the budget.
	 */
	boolean mustWait(OutboxRecord message) {
		if (this.refusedUntil.containsKey(message.position())) {
			return isRefused(message);
		}
		return this.unanswered.contains(message.position()) && !this.budget.tryRetry(this.timing.now());
	}

	/**
	 * Whether a message was refused and its pause is not over.
	 */
	boolean isRefused(OutboxRecord message) {
		Long until = this.refusedUntil.get(message.position());
		return until != null && until - this.timing.now() > 0;
	}

	/**
	 * Learns from a round. What is no longer in the batch is forgotten.
	 * @param batch what was read
	 * @param answers what the broker said
	 */
	void learn(Collection<OutboxRecord> batch, Answers answers) {
		this.budget.firstSends(answers.confirmed().size());
		boolean nothingWaits = this.unanswered.isEmpty() && this.refusedUntil.isEmpty();
		if (nothingWaits && answers.unavailable().isEmpty() && answers.refused().isEmpty()) {
			return;
		}
		Set<Long> present = new HashSet<>();
		batch.forEach((message) -> present.add(message.position()));
		answers.confirmed().forEach((answer) -> present.remove(answer.message().position()));
		answers.unavailable().forEach((message) -> this.unanswered.add(message.position()));
		if (answers.answered() && answers.unavailable().isEmpty()) {
			this.unanswered.clear();
		}
		this.unanswered.retainAll(present);
		answers.refused().forEach((answer) -> pause(answer.message()));
		this.refusedUntil.keySet().retainAll(present);
	}

	/**
	 * When the first pause is over.
	 * @return nanoseconds from now, -1 if nothing pauses
	 */
	long next() {
		long now = this.timing.now();
		return this.refusedUntil.values().stream().mapToLong((until) -> Math.max(0, until - now)).min().orElse(-1);
	}

	/**
	 * Lets a message wait that was refused.
	 * @param message the message
	 */
	void pause(OutboxRecord message) {
		long pause = this.backoff.pause(message.attempts() + 1, this.timing.random()).toNanos();
		this.refusedUntil.put(message.position(), this.timing.now() + pause);
	}

}
