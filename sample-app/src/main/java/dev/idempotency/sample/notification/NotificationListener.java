// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.notification;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.sample.messaging.Channels;
import dev.idempotency.sample.order.OrderCreated;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.mail.MailSender;
import org.springframework.mail.SimpleMailMessage;
import org.springframework.stereotype.Component;

/**
 * Sends one mail per order. A mail server knows no mail again, so a mail of which nobody
 * can say whether it was sent is in doubt until somebody decides.
 */
@Component
@ConditionalOnProperty("spring.mail.host")
class NotificationListener {

	private final MailSender mail;

	NotificationListener(MailSender mail) {
		this.mail = mail;
	}

	@KafkaListener(id = "notification", topics = Channels.ORDER_CREATED)
	@ExactlyOnceEffect(flow = "notification", contract = EffectContract.EXTERNAL_AT_MOST_ONCE)
	void confirm(OrderCreated order) {
		SimpleMailMessage message = new SimpleMailMessage();
		message.setFrom("shop@example.com");
		message.setTo(order.customer() + "@example.com");
		message.setSubject("Your order " + order.orderId());
		message.setText("Thank you for ordering " + order.quantity() + " x " + order.sku());
		this.mail.send(message);
	}

}
