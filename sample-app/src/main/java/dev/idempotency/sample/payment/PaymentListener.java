// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.payment;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.sample.messaging.Channels;
import dev.idempotency.sample.order.OrderCreated;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/**
 * Has every order charged once. A charge whose answer did not come is asked for again
 * with the same key.
 */
@Component
@ConditionalOnProperty("sample.provider.url")
class PaymentListener {

	private static final Logger logger = LoggerFactory.getLogger(PaymentListener.class);

	private static final long CENTS = 250;

	private final PaymentClient provider;

	PaymentListener(PaymentClient provider) {
		this.provider = provider;
	}

	@KafkaListener(id = "payment", topics = Channels.ORDER_CREATED)
	@ExactlyOnceEffect(flow = "payment", contract = EffectContract.EXTERNAL_WITH_KEY)
	void charge(OrderCreated order) {
		PaymentClient.Charge charge = this.provider.charge(order.orderId(), CENTS * order.quantity());
		logger.debug("Order {} is paid: {}", order.orderId(), charge.id());
	}

}
