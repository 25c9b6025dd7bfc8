// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import dev.idempotency.delivery.CurrentDelivery;
import dev.idempotency.delivery.Delivery;
import dev.idempotency.delivery.ParkedMessage;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.effect.InvalidIdentityException;
import dev.idempotency.flow.DeliverySemantics;
import dev.idempotency.flow.Semantics;
import dev.idempotency.flow.Verification;
import dev.idempotency.testing.SharedRabbit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.config.AbstractRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.config.DirectRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.amqp.support.converter.JacksonJsonMessageConverter;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Listeners on both kinds of containers against a broker. The effect is a set in memory
 * that outlives the containers, as a database would.
 */
class RabbitListenerIT {

	private static SharedRabbit rabbit;

	private final Inboxes inboxes = new Inboxes();

	private final CachingConnectionFactory connections = new CachingConnectionFactory(rabbit.connectionFactory());

	private final RabbitTemplate template = new RabbitTemplate(this.connections);

	private final AtomicInteger calls = new AtomicInteger();

	private final List<String> order = new CopyOnWriteArrayList<>();

	private Duration hold = Duration.ofSeconds(1);

	private final String queue = rabbit.newQueue("listener");

	private final String boxes = rabbit.newQueue("boxes");

	private AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

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
	void effectIsAppliedOnceAlthoughTheAcknowledgementIsLost(String kind) {
		List<String> effects = new CopyOnWriteArrayList<>();
		CountDownLatch applied = new CountDownLatch(1);
		CountDownLatch cut = new CountDownLatch(1);
		start(kind, (order) -> {
			effects.add(this.inboxes.apply("shipping") ? "applied" : "duplicate");
			applied.countDown();
			await(cut);
		});
		send("m-1", "\"order-1\"");
		await(applied);
		rabbit.closeConnections();
		cut.countDown();
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.untilAsserted(() -> assertThat(effects).containsExactly("applied", "duplicate"));
		assertThat(this.inboxes.events).filteredOn(EffectEvent.Delivered.class::isInstance)
			.containsExactly(new EffectEvent.Delivered("shipping", false), new EffectEvent.Delivered("shipping", true));
		Awaitility.await().until(() -> depth() == 0);
	}

	@ParameterizedTest
	@ValueSource(strings = { "simple", "direct" })
	void messageIsAcknowledgedAfterTheEffect(String kind) {
		start(kind, (order) -> {
			this.inboxes.apply("shipping");
			assertThat(MDC.get(RabbitDeliveryAdvice.MDC_FLOW)).isEqualTo("shipping");
			assertThat(MDC.get(RabbitDeliveryAdvice.MDC_MESSAGE)).isEqualTo("m-1");
			this.order.add("applied");
		});
		send("m-1", "\"order-1\"");
		Awaitility.await().untilAsserted(() -> assertThat(this.order).containsExactly("applied", "acknowledged"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "simple", "direct" })
	void infrastructureFailureIsRepeatedWithPausesUntilItIsOver(String kind) {
		Instant end = Instant.now().plusSeconds(4);
		start(kind, (order) -> {
			this.calls.incrementAndGet();
			if (Instant.now().isBefore(end)) {
				throw new Inboxes.DatabaseAway();
			}
			this.inboxes.apply("shipping");
		});
		send("m-1", "\"order-1\"");
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(this.inboxes.applied).hasSize(1));
		assertThat(this.calls).hasValueBetween(5, 40);
		assertThat(this.inboxes.attempts).isEmpty();
		assertThat(this.inboxes.parked).isEmpty();
		assertThat(this.inboxes.events).filteredOn(EffectEvent.Delivered.class::isInstance)
			.as("given back to the broker after a hold of a second")
			.hasSizeBetween(2, 6);
		Awaitility.await().until(() -> depth() == 0);
	}

	@ParameterizedTest
	@ValueSource(strings = { "simple", "direct" })
	void businessFailureIsParkedAfterAsManyAttemptsAcrossARestart(String kind) {
		this.inboxes.firstPause = Duration.ofSeconds(2);
		start(kind, (order) -> {
			this.calls.incrementAndGet();
			throw new IllegalStateException("sold out");
		});
		send("m-1", "\"order-1\"");
		Awaitility.await().untilAsserted(() -> assertThat(this.inboxes.attempts).containsValue(1));
		this.context.close();
		assertThat(this.calls).hasValue(1);
		this.context = new AnnotationConfigApplicationContext();
		start(kind, (order) -> {
			this.calls.incrementAndGet();
			throw new IllegalStateException("sold out");
		});
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(this.inboxes.parked).hasSize(1));
		assertThat(this.calls).hasValue(Inboxes.MAX_ATTEMPTS);
		assertThat(this.inboxes.parked.get(0).attempts()).isEqualTo(Inboxes.MAX_ATTEMPTS);
		Awaitility.await().until(() -> depth() == 0);
	}

	@ParameterizedTest
	@ValueSource(strings = { "simple", "direct" })
	void bodyThatCannotBeReadIsParkedAsItCame(String kind) {
		start(kind, (order) -> this.calls.incrementAndGet());
		send("m-1", "{ no json");
		Awaitility.await().untilAsserted(() -> assertThat(this.inboxes.parked).singleElement().satisfies((parked) -> {
			assertThat(parked.reason()).isEqualTo(ParkedMessage.Reason.UNREADABLE);
			assertThat(parked.body()).asString().isEqualTo("{ no json");
			assertThat(parked.channel()).isEqualTo(this.queue);
		}));
		assertThat(this.calls).hasValue(0);
		Awaitility.await().until(() -> depth() == 0);
	}

	@ParameterizedTest
	@ValueSource(strings = { "simple", "direct" })
	void messageWithoutIdentityIsParked(String kind) {
		start(kind, (order) -> this.inboxes.apply("shipping"));
		this.template.send("", this.queue,
				MessageBuilder.withBody("\"order-1\"".getBytes()).setContentType("application/json").build());
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.inboxes.parked).singleElement()
				.extracting(ParkedMessage::reason)
				.isEqualTo(ParkedMessage.Reason.NO_IDENTITY));
	}

	@ParameterizedTest
	@ValueSource(strings = { "simple", "direct" })
	void stopEndsAPauseAtOnceAndGivesTheMessageBack(String kind) {
		this.inboxes.firstPause = Duration.ofSeconds(60);
		this.hold = Duration.ofSeconds(60);
		start(kind, (order) -> {
			this.calls.incrementAndGet();
			throw new Inboxes.DatabaseAway();
		});
		send("m-1", "\"order-1\"");
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.inboxes.events).anyMatch(EffectEvent.Retried.class::isInstance));
		long begin = System.nanoTime();
		this.context.getBean(RabbitListenerEndpointRegistry.class).stop();
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
		Awaitility.await().until(() -> depth() == 1);
		assertThat(this.calls).hasValue(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "simple", "direct" })
	void messageAddressedToAnotherFlowIsPassedOver(String kind) {
		start(kind, (order) -> this.calls.incrementAndGet());
		Message message = message("m-1", "\"order-1\"");
		message.getMessageProperties().setHeader(Delivery.FLOW_HEADER, "payment");
		this.template.send("", this.queue, message);
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.inboxes.events).contains(new EffectEvent.Filtered("shipping")));
		Awaitility.await().until(() -> depth() == 0);
		assertThat(this.calls).hasValue(0);
	}

	@ParameterizedTest
	@ValueSource(classes = { Boxes.class, PlainBoxes.class })
	void nextAttemptIdentifiesAPayloadThatEqualsNoOther(Class<?> listener) {
		this.context.registerBean(listener);
		start("simple", (order) -> {
		});
		send("m-1", "{\"content\":\"book\"}", this.boxes);
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(this.inboxes.applied).hasSize(1));
		assertThat(this.inboxes.attempts).containsValue(1);
		assertThat(this.inboxes.parked).isEmpty();
	}

	private void start(String kind, Consumer<String> effect) {
		this.context.register(RabbitWiring.class);
		this.context.registerBean(Inboxes.class, () -> this.inboxes);
		this.context.registerBean(RabbitListenerSettings.class,
				() -> new RabbitListenerSettings(this.hold, Duration.ofMinutes(5), Duration.ofMinutes(10), 10));
		this.context.registerBean(Verification.class, () -> Verification.FAIL);
		this.context.registerBean("rabbitListenerContainerFactory", AbstractRabbitListenerContainerFactory.class,
				() -> factory(kind));
		this.context.registerBean(Shipping.class, () -> new Shipping(effect));
		this.context.getEnvironment().getSystemProperties().put("test.queue", this.queue);
		this.context.getEnvironment().getSystemProperties().put("test.boxes", this.boxes);
		this.context.refresh();
	}

	private AbstractRabbitListenerContainerFactory<?> factory(String kind) {
		AbstractRabbitListenerContainerFactory<?> factory = kind.equals("simple")
				? new SimpleRabbitListenerContainerFactory() : new DirectRabbitListenerContainerFactory();
		factory.setConnectionFactory(this.connections);
		factory.setMessageConverter(new JacksonJsonMessageConverter());
		factory.setMessageAckListener((success, tag, cause) -> this.order.add(success ? "acknowledged" : "unknown"));
		factory.setRecoveryInterval(200L);
		return factory;
	}

	private void send(String id, String body) {
		send(id, body, this.queue);
	}

	private void send(String id, String body, String to) {
		this.template.send("", to, message(id, body));
	}

	private static Message message(String id, String body) {
		return MessageBuilder.withBody(body.getBytes()).setContentType("application/json").setMessageId(id).build();
	}

	private int depth() {
		Integer count = this.template.execute((channel) -> channel.queueDeclarePassive(this.queue).getMessageCount());
		return (count != null) ? count : 0;
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

	static class Box {

		public String content = "";

	}

	static class Packing {

		private final Inboxes inboxes;

		private int calls;

		Packing(Inboxes inboxes) {
			this.inboxes = inboxes;
		}

		void pack(Box box) {
			if (!CurrentDelivery.identify("packing", new Object[] { box })) {
				throw new InvalidIdentityException("already identifies another call");
			}
			if (this.calls++ == 0) {
				throw new IllegalStateException("torn");
			}
			this.inboxes.apply("packing");
		}

	}

	static class Boxes extends Packing {

		Boxes(Inboxes inboxes) {
			super(inboxes);
		}

		@RabbitListener(id = "boxes", queues = "${test.boxes}")
		@ExactlyOnceEffect(flow = "packing")
		void on(Box box) {
			pack(box);
		}

	}

	static class PlainBoxes extends Packing {

		PlainBoxes(Inboxes inboxes) {
			super(inboxes);
		}

		@RabbitListener(id = "boxes", queues = "${test.boxes}")
		@DeliverySemantics(value = Semantics.AT_LEAST_ONCE, rationale = "calls an effect")
		void on(Box box) {
			pack(box);
		}

	}

	static class Shipping {

		private final Consumer<String> effect;

		Shipping(Consumer<String> effect) {
			this.effect = effect;
		}

		@RabbitListener(id = "ship", queues = "${test.queue}")
		@ExactlyOnceEffect(flow = "shipping")
		void ship(String order) {
			this.effect.accept(order);
		}

	}

}
