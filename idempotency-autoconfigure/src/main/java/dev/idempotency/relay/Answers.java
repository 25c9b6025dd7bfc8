// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import dev.idempotency.outbox.OutboxRecord;
import org.jspecify.annotations.Nullable;

/**
 * What the broker said to the messages of one batch.
 */
final class Answers {

	private final List<Confirmed> confirmed = new ArrayList<>();

	private final List<Refused> refused = new ArrayList<>();

	private final List<OutboxRecord> unavailable = new ArrayList<>();

	private @Nullable Throwable cause;

	private int failures;

	void confirmed(OutboxRecord message, Instant at) {
		this.confirmed.add(new Confirmed(message, at));
		this.failures = 0;
	}

	void refused(OutboxRecord message, Throwable reason) {
		this.refused.add(new Refused(message, reason));
		this.failures = 0;
	}

	void unavailable(OutboxRecord message, Throwable reason) {
		this.unavailable.add(message);
		this.cause = reason;
		this.failures++;
	}

	List<Confirmed> confirmed() {
		return this.confirmed;
	}

	List<Refused> refused() {
		return this.refused;
	}

	List<OutboxRecord> unavailable() {
		return this.unavailable;
	}

	/**
	 * Why a message got no answer.
	 * @return the last cause, {@code null} if all were answered
	 */
	@Nullable Throwable cause() {
		return this.cause;
	}

	/**
	 * How many messages in a row got no answer since the last that got one.
	 * @return the number
	 */
	int failures() {
		return this.failures;
	}

	boolean answered() {
		return !this.confirmed.isEmpty() || !this.refused.isEmpty();
	}

	/**
	 * A message the broker has.
	 *
	 * @param message the message
	 * @param at when that was known
	 */
	record Confirmed(OutboxRecord message, Instant at) {
	}

	/**
	 * A message the broker will not take.
	 *
	 * @param message the message
	 * @param cause what the broker said
	 */
	record Refused(OutboxRecord message, Throwable cause) {
	}

}
