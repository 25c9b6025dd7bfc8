// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.amqp;

import java.time.Duration;

import dev.idempotency.amqp.RabbitListenerSettings;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties of RabbitMQ listeners.
 *
 * @param hold How long a failing message is held and repeated in place before it is given
 * back to the broker.
 * @param maxHold Longest hold, at most half of the consumer timeout.
 * @param consumerTimeout How long the broker waits for an acknowledgement, its
 * consumer_timeout.
 * @param prefetch Number of messages a consumer holds where its container factory says
 * nothing.
 * @param trail Whether the database keeps a trail of messages that are acknowledged first
 * and have begun, so that what a killed process had begun is counted.
 */
@ConfigurationProperties("idempotency.rabbit.listener")
public record RabbitIdempotencyProperties(@DefaultValue("1m") Duration hold, @DefaultValue("10m") Duration maxHold,
		@DefaultValue("30m") Duration consumerTimeout, @DefaultValue("50") int prefetch,
		@DefaultValue("true") boolean trail) {

	RabbitListenerSettings settings() {
		return new RabbitListenerSettings(this.hold, this.maxHold, this.consumerTimeout, this.prefetch);
	}

}
