// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;
import java.util.Map;

import dev.idempotency.flow.Backoff;
import org.jspecify.annotations.Nullable;
import dev.idempotency.outbox.OutboxRecord;

/**
 * How the relay works.
 *
 * @param leaseTtl how long a lane stays with a node that is no longer heard of; renewed
 * after a third of it
 * @param batching how much is sent together
 * @param polling how often the store is asked
 * @param retrying what happens when a destination does not answer
 * @param poison what happens to messages a broker refuses
 * @param shutdownBound longest wait for answers still due when the relay stops
 * @param heartbeat silence of a numbered stream after which its consumers are told the
 * next number, {@code null} to tell nobody
 */
public record RelaySettings(Duration leaseTtl, Batching batching, Polling polling, Retrying retrying, Poison poison,
		Duration shutdownBound, @Nullable Duration heartbeat) {

	public RelaySettings {
		requirePositive("leaseTtl", leaseTtl);
		requirePositive("shutdownBound", shutdownBound);
		if (heartbeat != null) {
			requirePositive("heartbeat", heartbeat);
		}
	}

	/**
	 * Settings without heartbeats.
	 * @param leaseTtl how long a lane stays with a node that is no longer heard of
	 * @param batching how much is sent together
	 * @param polling how often the store is asked
	 * @param retrying what happens when a destination does not answer
	 * @param poison what happens to messages a broker refuses
	 * @param shutdownBound longest wait for answers still due when the relay stops
	 */
	public RelaySettings(Duration leaseTtl, Batching batching, Polling polling, Retrying retrying, Poison poison,
			Duration shutdownBound) {
		this(leaseTtl, batching, polling, retrying, poison, shutdownBound, null);
	}

	/**
	 * Settings that suit most applications.
	 * @return the defaults
	 */
	public static RelaySettings defaults() {
		return new RelaySettings(Duration.ofSeconds(10), Batching.defaults(), Polling.defaults(), Retrying.defaults(),
				Poison.defaults(), Duration.ofSeconds(20));
	}

	static void requirePositive(String name, Duration value) {
		if (value.isZero() || value.isNegative()) {
			throw new IllegalArgumentException("The relay setting " + name + " must be positive, not " + value);
		}
	}

	static void requireAtLeastOne(String name, int value) {
		if (value < 1) {
			throw new IllegalArgumentException("The relay setting " + name + " must be at least 1, not " + value);
		}
	}

	/**
	 * How much is sent together.
	 *
	 * @param size messages read and settled together
	 * @param maxInFlight messages of one destination whose answer is due at a time
	 * @param answerBound how long a transport may say nothing at all before its silence
	 * counts as unavailable; longer than the transport's own time bound
	 * @param maxDestinations destinations served at a time, each by a thread of its own
	 */
	public record Batching(int size, int maxInFlight, Duration answerBound, int maxDestinations) {

		public Batching {
			requireAtLeastOne("batching.size", size);
			requireAtLeastOne("batching.maxInFlight", maxInFlight);
			requirePositive("batching.answerBound", answerBound);
			requireAtLeastOne("batching.maxDestinations", maxDestinations);
		}

		/**
		 * 500 messages, 2000 in flight, 150 seconds, 256 destinations.
		 * @return the defaults
		 */
		public static Batching defaults() {
			return new Batching(500, 2000, Duration.ofSeconds(150), 256);
		}

	}

	/**
	 * How often the store is asked. The net under the wake-ups.
	 *
	 * @param min pause between polls while they find something
	 * @param max pause between polls when idle, reached by doubling
	 * @param observe pause between looks at the backlog
	 */
	public record Polling(Duration min, Duration max, Duration observe) {

		public Polling {
			requirePositive("polling.min", min);
			requirePositive("polling.observe", observe);
			if (max.compareTo(min) < 0) {
				throw new IllegalArgumentException(
						"The relay setting polling.max (" + max + ") must not be below polling.min (" + min + ")");
			}
		}

		/**
		 * 25 milliseconds to 1 second, backlog each 5 seconds.
		 * @return the defaults
		 */
		public static Polling defaults() {
			return new Polling(Duration.ofMillis(25), Duration.ofSeconds(1), Duration.ofSeconds(5));
		}

	}

	/**
	 * What happens when a destination does not answer.
	 *
	 * @param backoff pauses between attempts
	 * @param failuresToOpen failures in a row that open the circuit breaker
	 * @param retryShare repeated sends as a share of first sends, above 0
	 */
	public record Retrying(Backoff backoff, int failuresToOpen, double retryShare) {

		public Retrying {
			requireAtLeastOne("retrying.failuresToOpen", failuresToOpen);
			if (!(retryShare > 0)) {
				throw new IllegalArgumentException(
						"The relay setting retrying.retryShare must be above 0, not " + retryShare);
			}
		}

		/**
		 * 100 milliseconds to 30 seconds, 5 failures, 20 %.
		 * @return the defaults
		 */
		public static Retrying defaults() {
			return new Retrying(new Backoff(Duration.ofMillis(100), Duration.ofSeconds(30)), 5, 0.2);
		}

	}

	/**
	 * What happens to messages a broker refuses.
	 *
	 * @param maxAttempts refusals after which a message is parked
	 * @param policy what becomes of its key
	 * @param destinations policies of single destinations
	 */
	public record Poison(int maxAttempts, PoisonPolicy policy, Map<String, PoisonPolicy> destinations) {

		public Poison {
			requireAtLeastOne("poison.maxAttempts", maxAttempts);
			destinations = Map.copyOf(destinations);
		}

		/**
		 * 5 refusals, {@link PoisonPolicy#HALT_KEY} everywhere.
		 * @return the defaults
		 */
		public static Poison defaults() {
			return new Poison(5, PoisonPolicy.HALT_KEY, Map.of());
		}

		boolean halts(OutboxRecord message) {
			return message.key() != null && of(message.destination()) == PoisonPolicy.HALT_KEY;
		}

		PoisonPolicy of(String destination) {
			return this.destinations.getOrDefault(destination, this.policy);
		}

	}

}
