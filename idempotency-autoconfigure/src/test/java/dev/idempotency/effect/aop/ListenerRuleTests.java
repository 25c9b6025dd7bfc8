// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import com.rabbitmq.client.Channel;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.flow.Contradiction;
import org.junit.jupiter.api.Test;

import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.support.Acknowledgment;
import org.springframework.messaging.handler.annotation.SendTo;

import static org.assertj.core.api.Assertions.assertThat;

class ListenerRuleTests {

	@Test
	void repliesAndManualAcknowledgementsAreRefused() {
		assertThat(Violations.of(Listeners.class)).extracting(Contradiction::found)
			.containsExactly("a parameter of type " + Acknowledgment.class.getName(),
					"a parameter of type " + Channel.class.getName(), "a listener that returns a java.lang.String",
					"@SendTo");
		assertThat(Violations.of(Listeners.class)).extracting(Contradiction::fix)
			.containsExactly(
					"Remove the parameter; the message is acknowledged when the method's transaction has committed",
					"Remove the parameter; the message is acknowledged when the method's transaction has committed",
					"Return nothing and give the reply to the Outbox inside the method",
					"Remove @SendTo and give the reply to the Outbox inside the method");
	}

	@Test
	void replyOfTheWholeClassIsRefused() {
		assertThat(Violations.of(Replying.class)).extracting(Contradiction::found).containsExactly("@SendTo");
	}

	@Test
	void plainListenersAndBeansWithResultsAreFine() {
		assertThat(Violations.of(Plain.class)).isEmpty();
	}

	static class Listeners {

		@KafkaListener(topics = "orders")
		@ExactlyOnceEffect(flow = "a")
		public void ackKafka(String order, Acknowledgment acknowledgment) {
		}

		@RabbitListener(queues = "orders")
		@ExactlyOnceEffect(flow = "b")
		public void ackRabbit(String order, Channel channel) {
		}

		@RabbitListener(queues = "orders")
		@ExactlyOnceEffect(flow = "c")
		public String reply(String order) {
			return order;
		}

		@KafkaListener(topics = "orders")
		@SendTo("replies")
		@ExactlyOnceEffect(flow = "d")
		public String replyTo(String order) {
			return order;
		}

	}

	@SendTo("replies")
	static class Replying {

		@KafkaListener(topics = "orders")
		@ExactlyOnceEffect(flow = "a")
		public void handle(String order) {
		}

	}

	static class Plain {

		@KafkaListener(topics = "orders")
		@ExactlyOnceEffect(flow = "a")
		public void listen(String order) {
		}

		@ExactlyOnceEffect(flow = "b", key = "#p0")
		public String compute(String order) {
			return order;
		}

	}

}
