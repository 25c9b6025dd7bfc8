// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

import dev.idempotency.outbox.OutboxRecord;
import org.jspecify.annotations.Nullable;

/**
 * Sends one batch, pipelined, with at most one message per key in flight. The next
 * message of a key is sent when the former is confirmed; if that fails, the rest of its
 * key stays where it is. Everything happens on the calling thread; answers come to it
 * through a queue.
 */
final class KeyOrderedDispatch {

	private final Transports transports;

	private final Predicate<OutboxRecord> gate;

	private final RelaySettings settings;

	private final Shutdown shutdown;

	private final Signal signal;

	private final Timing timing;

	private final Queue<Arrival> arrivals = new ConcurrentLinkedQueue<>();

	private final Map<Long, OutboxRecord> inFlight = new LinkedHashMap<>();

	private final Answers answers = new Answers();

	/**
	 * Creates a dispatch for one batch.
	 * @param transports sends messages
	 * @param gate asked right before each send
	 * @param settings bounds
	 * @param shutdown shortens the wait for answers
	 * @param signal the calling thread's
	 * @param timing the time
	 */
	KeyOrderedDispatch(Transports transports, Predicate<OutboxRecord> gate, RelaySettings settings, Shutdown shutdown,
			Signal signal, Timing timing) {
		this.transports = transports;
		this.gate = gate;
		this.settings = settings;
		this.shutdown = shutdown;
		this.signal = signal;
		this.timing = timing;
	}

	/**
	 * Sends messages.
	 * @param messages the messages, in order
	 * @return what was answered
	 */
	Answers dispatch(List<OutboxRecord> messages) {
		KeyQueues queues = new KeyQueues(messages);
		while (true) {
			noteArrivals(queues);
			OutboxRecord message = maySendMore() ? queues.poll() : null;
			if (message == null) {
				if (this.inFlight.isEmpty()) {
					return this.answers;
				}
				awaitArrival();
			}
			else if (this.gate.test(message)) {
				send(message);
			}
		}
	}

	private boolean maySendMore() {
		return this.inFlight.size() < this.settings.batching().maxInFlight()
				&& this.answers.failures() < this.settings.retrying().failuresToOpen();
	}

	private void noteArrivals(KeyQueues queues) {
		Arrival arrival;
		while ((arrival = this.arrivals.poll()) != null) {
			if (this.inFlight.remove(arrival.message().position()) != null) {
				note(arrival, queues);
			}
		}
	}

	private void send(OutboxRecord message) {
		this.inFlight.put(message.position(), message);
		this.transports.send(message).whenComplete((result, failure) -> {
			this.arrivals.add(new Arrival(message, result, failure));
			this.signal.raise();
		});
	}

	private void awaitArrival() {
		long begin = this.timing.now();
		while (this.arrivals.isEmpty()) {
			long waited = this.timing.now() - begin;
			long left = this.shutdown.cap(this.settings.batching().answerBound().toNanos() - waited);
			if (left <= 0) {
				giveUp();
				return;
			}
			this.signal.await(left);
		}
	}

	private void note(Arrival arrival, KeyQueues queues) {
		OutboxRecord message = arrival.message();
		SendResult result = arrival.result();
		if (result instanceof SendResult.Confirmed) {
			this.answers.confirmed(message, this.timing.clock().instant());
			queues.confirmed(message);
		}
		else if (result instanceof SendResult.Refused refused) {
			this.answers.refused(message, refused.cause());
		}
		else if (result instanceof SendResult.Unavailable unavailable) {
			this.answers.unavailable(message, unavailable.cause());
		}
		else {
			this.answers.unavailable(message, (arrival.failure() != null) ? arrival.failure()
					: new IllegalStateException("The transport answered null to message " + message.id()));
		}
	}

	private void giveUp() {
		this.inFlight.values()
			.forEach((message) -> this.answers.unavailable(message, new TimeoutException(
					"No answer to message " + message.id() + " for '" + message.destination() + "' in time")));
		this.inFlight.clear();
	}

	/**
	 * An answer that arrived.
	 *
	 * @param message what was sent
	 * @param result what the broker said
	 * @param failure how the transport failed instead
	 */
	private record Arrival(OutboxRecord message, @Nullable SendResult result, @Nullable Throwable failure) {
	}

}
