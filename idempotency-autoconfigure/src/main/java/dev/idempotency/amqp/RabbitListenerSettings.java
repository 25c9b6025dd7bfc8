// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.time.Duration;

/**
 * How listeners of effects deal with time.
 *
 * @param hold how long a failing message is held and repeated in place before it is given
 * back to the broker. Doubles with each delivery the broker counts, because brokers drop
 * messages they delivered too often
 * @param maxHold longest hold, well below {@code consumerTimeout}
 * @param consumerTimeout {@code consumer_timeout} of the broker: it takes messages away
 * from a consumer that does not acknowledge in this time
 * @param prefetch messages a consumer holds where the container factory says nothing
 */
public record RabbitListenerSettings(Duration hold, Duration maxHold, Duration consumerTimeout, int prefetch) {

	/** One minute, ten minutes, RabbitMQ's thirty minutes, and 50 messages. */
	public static final RabbitListenerSettings DEFAULTS = new RabbitListenerSettings(Duration.ofMinutes(1),
			Duration.ofMinutes(10), Duration.ofMinutes(30), 50);

	private static final int MAX_DOUBLINGS = 20;

	public RabbitListenerSettings {
		if (hold.isNegative() || hold.isZero() || hold.compareTo(maxHold) > 0
				|| maxHold.compareTo(consumerTimeout.dividedBy(2)) > 0) {
			throw new IllegalArgumentException(
					"A RabbitMQ listener needs 0 < hold <= max-hold <= consumer-timeout / 2, not hold " + hold
							+ ", max-hold " + maxHold + " and consumer-timeout " + consumerTimeout);
		}
		if (prefetch < 1) {
			throw new IllegalArgumentException("prefetch must be at least 1, not " + prefetch);
		}
	}

	/**
	 * How long to hold a message.
	 * @param deliveries how many deliveries the broker counted before this one
	 */
	Duration holdAfter(long deliveries) {
		int doublings = (int) Math.min(Math.max(deliveries, 0), MAX_DOUBLINGS);
		Duration wanted = this.hold.multipliedBy(1L << doublings);
		return (wanted.compareTo(this.maxHold) < 0) ? wanted : this.maxHold;
	}

}
