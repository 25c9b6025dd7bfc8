// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Instant;
import java.util.List;

import dev.idempotency.outbox.OutboxRecord;
import org.jspecify.annotations.Nullable;

/**
 * What is known about one of the places where messages of a destination wait: its circuit
 * breaker and what can be said of it. Read from any thread, changed by its pump.
 */
final class DestinationState {

	private final String destination;

	private final CircuitBreaker breaker;

	private final RelayListener listener;

	private final Timing timing;

	private volatile @Nullable String lastError;

	private volatile @Nullable Instant lastPublished;

	private volatile int haltedKeys;

	DestinationState(String destination, PumpParts parts) {
		this(destination, parts, parts.listener());
	}

	private DestinationState(String destination, PumpParts parts, RelayListener listener) {
		this.destination = destination;
		this.breaker = new CircuitBreaker(parts.settings().retrying(), parts.timing().random());
		this.listener = listener;
		this.timing = parts.timing();
	}

	/**
	 * What is known about the messages that were set aside from a log. Where they get no
	 * answer, others of the destination may: their breaker is not the destination's.
	 */
	static DestinationState ofStore(String destination, PumpParts parts) {
		return new DestinationState(destination, parts, (event) -> {
			if (!(event instanceof RelayEvent.Breaker)) {
				parts.listener().on(event);
			}
		});
	}

	/**
	 * How long to leave the destination alone.
	 * @return nanoseconds, 0 to begin a round
	 */
	long pause() {
		return this.breaker.pause(this.timing.now());
	}

	/**
	 * Whether the next round sends a single message.
	 */
	boolean probes() {
		return this.breaker.probe();
	}

	/**
	 * The messages of a batch that may be sent now.
	 * @param batch the batch
	 * @return all that may be sent, or a single one to find out whether the destination
	 * answers
	 */
	List<OutboxRecord> choose(Triage batch) {
		return probes() ? batch.probe(this.breaker.rounds()) : batch.send();
	}

	void learn(Answers answers) {
		Throwable cause = answers.cause();
		if (cause != null) {
			this.lastError = cause.toString();
			this.listener.on(new RelayEvent.Unavailable(this.destination, cause));
		}
		answers.refused().forEach((refusal) -> this.lastError = refusal.cause().toString());
		if (!answers.confirmed().isEmpty()) {
			this.lastPublished = answers.confirmed().get(answers.confirmed().size() - 1).at();
		}
		if (answers.failures() > 0) {
			if (this.breaker.failed(answers.failures(), this.timing.now())) {
				this.listener.on(new RelayEvent.Breaker(this.destination, true));
			}
		}
		else if (answers.answered()) {
			close();
			if (cause == null && answers.refused().isEmpty()) {
				this.lastError = null;
			}
		}
	}

	/**
	 * Notes that the destination did not answer before anything was sent.
	 */
	void unanswered(Throwable cause) {
		this.lastError = cause.toString();
		this.listener.on(new RelayEvent.Unavailable(this.destination, cause));
		if (this.breaker.failed(1, this.timing.now())) {
			this.listener.on(new RelayEvent.Breaker(this.destination, true));
		}
	}

	/**
	 * Forgets failures.
	 */
	void close() {
		if (this.breaker.answered()) {
			this.listener.on(new RelayEvent.Breaker(this.destination, false));
		}
	}

	void failed(Throwable storeFailure) {
		this.lastError = storeFailure.toString();
	}

	void halted(int keys) {
		this.haltedKeys = keys;
	}

	RelayStatus.Destination status(DestinationState ofStore, RelayStore.@Nullable Backlog backlog) {
		String error = (this.lastError != null) ? this.lastError : ofStore.lastError;
		return new RelayStatus.Destination(this.destination, this.breaker.state(), this.breaker.failures(), error,
				later(this.lastPublished, ofStore.lastPublished), ofStore.haltedKeys, backlog);
	}

	private static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
		return (one == null || other != null && other.isAfter(one)) ? other : one;
	}

}
