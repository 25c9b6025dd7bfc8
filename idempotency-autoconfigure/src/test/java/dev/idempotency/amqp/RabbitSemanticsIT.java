// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectEvent.Loss;
import dev.idempotency.flow.DeliverySemantics;
import dev.idempotency.flow.Semantics;
import dev.idempotency.flow.Verification;
import dev.idempotency.testing.SharedRabbit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.config.AbstractRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.config.DirectRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Messages of listeners without effects, acknowledged before or after they are handled.
 */
class RabbitSemanticsIT {

	private static SharedRabbit rabbit;

	private final Inboxes inboxes = new Inboxes();

	private final CachingConnectionFactory connections = new CachingConnectionFactory(rabbit.connectionFactory());

	private final RabbitTemplate template = new RabbitTemplate(this.connections);

	private final List<String> calls = new CopyOnWriteArrayList<>();

	private final String queue = rabbit.newQueue("semantics");

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	private Consumer<String> body = (text) -> {
	};

	@BeforeAll
	static void open() {
		rabbit = SharedRabbit.open();
	}

	@AfterAll
	static void shut() {
		rabbit.close();
	}

	@AfterEach
	void close() {
		this.context.close();
		this.connections.destroy();
	}

	@ParameterizedTest
	@ValueSource(strings = { "simple", "direct" })
	void messagesTheListenerFailsOnAreLostAndCountedOneByOne(String kind) {
		this.body = RabbitSemanticsIT::refuseBad;
		start(new Telemetry(), factory(kind));
		send("a", "bad", "b", "bad", "bad", "c");
		awaitCalls(6);
		awaitEmpty();
		assertThat(lost(Loss.FAILED)).isEqualTo(3);
		assertThat(events(EffectEvent.Handled.class)).hasSize(3);
		assertThat(events(EffectEvent.Retried.class)).isEmpty();
		assertThat(this.inboxes.parked).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "simple", "direct" })
	void messageDoesNotComeAgainAlthoughItsConnectionBreaksWhileItIsHandled(String kind) {
		CountDownLatch cut = new CountDownLatch(1);
		this.body = (text) -> {
			if (text.equals("a")) {
				await(cut);
			}
		};
		start(new Telemetry(), factory(kind));
		send("a");
		awaitCalls(1);
		rabbit.closeConnections();
		cut.countDown();
		Awaitility.await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> {
			send("b");
			return this.calls.contains("b");
		});
		assertThat(Collections.frequency(this.calls, "a")).isEqualTo(1);
		assertThat(events(EffectEvent.Delivered.class)).noneMatch(EffectEvent.Delivered::redelivered);
	}

	@ParameterizedTest
	@ValueSource(strings = { "simple", "direct" })
	void messageTheListenerFailsOnIsRepeatedAndSetAside(String kind) {
		this.body = RabbitSemanticsIT::refuseBad;
		start(new Analytics(), factory(kind));
		send("a", "bad", "b");
		awaitCalls(2 + Inboxes.MAX_ATTEMPTS);
		awaitEmpty();
		assertThat(this.inboxes.parked).singleElement()
			.satisfies((parked) -> assertThat(parked.attempts()).isEqualTo(Inboxes.MAX_ATTEMPTS));
		assertThat(events(EffectEvent.Handled.class)).hasSize(2).noneMatch(EffectEvent.Handled::repeated);
	}

	@ParameterizedTest
	@ValueSource(strings = { "simple", "direct" })
	void messageIsHandledAgainWhenItsAcknowledgementIsLostAndCounted(String kind) {
		CountDownLatch cut = new CountDownLatch(1);
		this.body = (text) -> await(cut);
		start(new Analytics(), factory(kind));
		send("a");
		awaitCalls(1);
		rabbit.closeConnections();
		cut.countDown();
		awaitCalls(2);
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(events(EffectEvent.Handled.class))
				.containsExactly(new EffectEvent.Handled("flow", false), new EffectEvent.Handled("flow", true)));
	}

	@Test
	void batchThatFailsIsRepeatedOneByOne() {
		this.body = RabbitSemanticsIT::refuseBad;
		send("a", "bad", "b");
		start(new AnalyticsBatches(), batches());
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> this.inboxes.parked.size() == 1);
		awaitEmpty();
		assertThat(Collections.frequency(this.calls, "a")).isBetween(1, 2);
		assertThat(Collections.frequency(this.calls, "bad")).isEqualTo(Inboxes.MAX_ATTEMPTS + 1);
		assertThat(events(EffectEvent.Handled.class)).hasSize(2);
	}

	@Test
	void batchThatFailsIsLostAndCounted() {
		this.body = RabbitSemanticsIT::refuseBad;
		send("bad", "a", "b");
		start(new TelemetryBatches(), batches());
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> lost(Loss.FAILED) == 3);
		awaitEmpty();
		assertThat(this.calls).containsExactly("bad");
	}

	private static void refuseBad(String text) {
		if (text.equals("bad")) {
			throw new IllegalStateException("no");
		}
	}

	private AbstractRabbitListenerContainerFactory<?> batches() {
		SimpleRabbitListenerContainerFactory factory = new SimpleRabbitListenerContainerFactory();
		factory.setBatchListener(true);
		factory.setConsumerBatchEnabled(true);
		factory.setBatchSize(3);
		factory.setBatchReceiveTimeout(5_000L);
		factory.setReceiveTimeout(5_000L);
		return factory;
	}

	private static AbstractRabbitListenerContainerFactory<?> factory(String kind) {
		return kind.equals("simple") ? new SimpleRabbitListenerContainerFactory()
				: new DirectRabbitListenerContainerFactory();
	}

	@SuppressWarnings("unchecked")
	private <T> void start(T listener, AbstractRabbitListenerContainerFactory<?> factory) {
		factory.setConnectionFactory(this.connections);
		factory.setRecoveryInterval(200L);
		this.context.register(RabbitWiring.class);
		this.context.registerBean(Inboxes.class, () -> this.inboxes);
		this.context.registerBean(RabbitListenerSettings.class, () -> new RabbitListenerSettings(Duration.ofSeconds(1),
				Duration.ofMinutes(5), Duration.ofMinutes(10), 10));
		this.context.registerBean(Verification.class, () -> Verification.FAIL);
		this.context.registerBean("rabbitListenerContainerFactory", AbstractRabbitListenerContainerFactory.class,
				() -> factory);
		this.context.registerBean("listener", (Class<T>) listener.getClass(), () -> listener);
		this.context.getEnvironment().getSystemProperties().put("test.queue", this.queue);
		this.context.refresh();
	}

	private void send(String... texts) {
		for (String text : texts) {
			this.template.send("", this.queue,
					MessageBuilder.withBody(text.getBytes()).setContentType("text/plain").setMessageId(text).build());
		}
	}

	private void awaitCalls(int times) {
		Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(this.calls).hasSize(times));
	}

	private void awaitEmpty() {
		Awaitility.await().until(() -> {
			Integer count = this.template
				.execute((channel) -> channel.queueDeclarePassive(this.queue).getMessageCount());
			return count != null && count == 0;
		});
	}

	private long lost(Loss how) {
		return events(EffectEvent.Lost.class).stream()
			.filter((lost) -> lost.how() == how)
			.mapToLong(EffectEvent.Lost::count)
			.sum();
	}

	private <E extends EffectEvent> List<E> events(Class<E> type) {
		return new ArrayList<>(this.inboxes.events).stream().filter(type::isInstance).map(type::cast).toList();
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private void handle(String text) {
		this.calls.add(text);
		this.body.accept(text);
	}

	class Telemetry {

		@RabbitListener(id = "flow", queues = "${test.queue}")
		@DeliverySemantics(value = Semantics.AT_MOST_ONCE, rationale = "the next reading comes soon")
		void on(String text) {
			handle(text);
		}

	}

	class Analytics {

		@RabbitListener(id = "flow", queues = "${test.queue}")
		@DeliverySemantics(value = Semantics.AT_LEAST_ONCE, rationale = "trends tolerate a repetition")
		void on(String text) {
			handle(text);
		}

	}

	class TelemetryBatches {

		@RabbitListener(id = "flow", queues = "${test.queue}")
		@DeliverySemantics(value = Semantics.AT_MOST_ONCE, rationale = "the next reading comes soon")
		void on(List<String> texts) {
			texts.forEach(RabbitSemanticsIT.this::handle);
		}

	}

	class AnalyticsBatches {

		@RabbitListener(id = "flow", queues = "${test.queue}")
		@DeliverySemantics(value = Semantics.AT_LEAST_ONCE, rationale = "trends tolerate a repetition")
		void on(List<String> texts) {
			texts.forEach(RabbitSemanticsIT.this::handle);
		}

	}

}
