// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

import dev.idempotency.outbox.OutboxRecord;
import org.jspecify.annotations.Nullable;

/**
 * Sends one batch, pipelined, with at most one message per key in flight. The next
 * message of a key is sent when the former is confirmed; if that fails, the rest of its
 * key stays where it is. Everything happens on the calling thread; answers come to it
 * through a queue.
 */
final class KeyOrderedDispatch {

	/** How long answers may stay out while lanes are to be handed over. */
	private static final long HAND_OVER = TimeUnit.SECONDS.toNanos(5);

	private static final long LOOK_AGAIN = TimeUnit.SECONDS.toNanos(1);

	/** How long several answers are waited for before one is enough. */
	private static final long GATHER = TimeUnit.MILLISECONDS.toNanos(10);

	private final Transports transports;

	private final Gate gate;

	private final RelaySettings settings;

	private final Shutdown shutdown;

	private final Signal signal;

	private final Timing timing;

	private final Queue<Arrival> arrivals = new ConcurrentLinkedQueue<>();

	private final AtomicInteger arrived = new AtomicInteger();

	/** How many arrivals there must be for this thread to be woken. */
	private volatile int enough;

	private int noted;

	private final Map<Long, OutboxRecord> inFlight = new LinkedHashMap<>();

	private final Answers answers = new Answers();

	private KeyQueues queues = new KeyQueues(List.of());

	private boolean quiet;

	private long quietSince;

	/**
	 * Creates a dispatch for one batch.
	 * @param transports sends messages
	 * @param gate what may be sent
	 * @param settings bounds
	 * @param shutdown shortens the wait for answers
	 * @param signal the calling thread's
	 * @param timing the time
	 */
	KeyOrderedDispatch(Transports transports, Gate gate, RelaySettings settings, Shutdown shutdown, Signal signal,
			Timing timing) {
		this.transports = transports;
		this.gate = gate;
		this.settings = settings;
		this.shutdown = shutdown;
		this.signal = signal;
		this.timing = timing;
	}

	/**
	 * Sends messages and waits for all answers.
	 * @param messages the messages, in order
	 * @return what was answered
	 */
	Answers dispatch(List<OutboxRecord> messages) {
		begin(messages);
		goOn(Long.MAX_VALUE);
		return this.answers;
	}

	/**
	 * Takes the messages of the batch, which {@link #goOn} sends.
	 * @param messages the messages, in order
	 */
	void begin(List<OutboxRecord> messages) {
		this.queues = new KeyQueues(messages);
	}

	/**
	 * Sends what may be sent and takes answers.
	 * @param patience how long to do so at most
	 * @return {@code false} if answers are still to come
	 */
	boolean goOn(long patience) {
		long begin = this.timing.now();
		while (true) {
			noteArrivals();
			OutboxRecord message = maySendMore() ? this.queues.poll() : null;
			if (message != null) {
				if (this.gate.maySend(message)) {
					send(message);
				}
			}
			else if (this.inFlight.isEmpty()) {
				return true;
			}
			else if (!awaitArrival(begin, patience)) {
				return false;
			}
		}
	}

	Answers answers() {
		return this.answers;
	}

	private boolean maySendMore() {
		return this.inFlight.size() < this.settings.batching().maxInFlight()
				&& this.answers.failures() < this.settings.retrying().failuresToOpen();
	}

	private void noteArrivals() {
		Arrival arrival;
		while ((arrival = this.arrivals.poll()) != null) {
			this.quiet = false;
			this.noted++;
			if (this.inFlight.remove(arrival.message().position()) != null) {
				note(arrival);
			}
		}
	}

	private void send(OutboxRecord message) {
		this.quiet = false;
		this.inFlight.put(message.position(), message);
		this.transports.send(message).whenComplete((result, failure) -> {
			this.arrivals.add(new Arrival(message, result, failure));
			if (this.arrived.incrementAndGet() >= this.enough) {
				this.signal.raise();
			}
		});
	}

	/**
	 * Waits for answers, for several where one alone lets nothing go on: being woken for
	 * each costs as much as sending.
	 */
	private boolean awaitArrival(long begin, long patience) {
		this.enough = this.noted + wanted();
		while (this.arrived.get() < this.enough) {
			long now = this.timing.now();
			if (!this.quiet) {
				this.quiet = true;
				this.quietSince = now;
			}
			long most = this.settings.batching().answerBound().toNanos();
			long silence = (this.gate.closes() ? Math.min(most, HAND_OVER) : most) - (now - this.quietSince);
			long bound = this.shutdown.cap(silence);
			long left = patience - (now - begin);
			if (bound <= 0) {
				giveUp();
				return true;
			}
			if (left <= 0) {
				return false;
			}
			long once = (this.enough - this.noted > 1) ? GATHER : LOOK_AGAIN;
			this.signal.await(Math.min(Math.min(bound, left), once));
			this.enough = this.noted + 1;
		}
		return true;
	}

	private int wanted() {
		if (!this.queues.waiting()) {
			return this.inFlight.size();
		}
		return maySendMore() ? 1 : Math.max(1, this.inFlight.size() / 2);
	}

	private void note(Arrival arrival) {
		OutboxRecord message = arrival.message();
		SendResult result = arrival.result();
		if (result instanceof SendResult.Confirmed) {
			this.answers.confirmed(message, this.timing.clock().instant());
			this.queues.confirmed(message);
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
	 * What may be sent.
	 */
	interface Gate {

		/**
		 * Asked right before each send.
		 */
		boolean maySend(OutboxRecord message);

		/**
		 * Whether the lanes of the batch are to be handed over. Then it does not wait
		 * long for answers: whoever gets the lanes next sends the messages again.
		 */
		boolean closes();

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
