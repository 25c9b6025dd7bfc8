// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import com.rabbitmq.client.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.flow.Contradiction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.interceptor.AsyncExecutionInterceptor;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.support.Acknowledgment;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.scheduling.annotation.Async;

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

	@ParameterizedTest
	@ValueSource(classes = { AsyncMethod.class, AsyncClass.class })
	void listenerThatRunsOnAnotherThreadIsRefused(Class<?> listener) {
		assertThat(Violations.of(listener)).singleElement().satisfies((contradiction) -> {
			assertThat(contradiction.found()).isEqualTo("@Async on a listener");
			assertThat(contradiction.fix()).startsWith("Remove @Async");
		});
	}

	@Test
	void asyncAdviceOfAnyKindAroundAListenerIsRefused() {
		EffectMethods methods = new EffectMethods();
		ProxyFactory factory = new ProxyFactory(new Plain());
		factory.setProxyTargetClass(true);
		factory.addAdvice(new AsyncExecutionInterceptor((Executor) Runnable::run));
		EffectBean bean = new EffectBean("plain", Plain.class, factory.getProxy());
		List<Contradiction> found = new ArrayList<>();
		methods.of(Plain.class).values().forEach((method) -> new ListenerRule().check(bean, method, found::add));
		assertThat(found).singleElement()
			.satisfies((contradiction) -> assertThat(contradiction.where()).contains("listen"));
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

	static class AsyncMethod {

		@Async
		@KafkaListener(topics = "orders")
		@ExactlyOnceEffect(flow = "a")
		public void handle(String order) {
		}

	}

	@Async
	static class AsyncClass {

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
