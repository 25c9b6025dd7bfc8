// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Consumer;
import com.rabbitmq.client.Envelope;
import dev.idempotency.delivery.Trail;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.flow.Flow;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.flow.Verification;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.mockito.Mockito;

import org.springframework.amqp.AmqpRejectAndDontRequeueException;
import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageListener;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.listener.DirectMessageListenerContainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.BDDMockito.given;

/**
 * What the broker gets to see. From RabbitMQ 4.3 a negative acknowledgement is not
 * counted as a delivery, so a message may come back that way for ever, and must not come
 * back fast.
 */
class NegativeAcknowledgementTests {

	private static final Duration HOLD = Duration.ofMillis(600);

	private final Inboxes inboxes = new Inboxes();

	private final Channel channel = Mockito.mock();

	private final CompletableFuture<Consumer> consumer = new CompletableFuture<>();

	private final FlowCatalogue catalogue = new FlowCatalogue();

	private final List<DirectMessageListenerContainer> containers = new ArrayList<>();

	private AcknowledgeMode acknowledgeMode = AcknowledgeMode.AUTO;

	private RabbitListeners listeners;

	private DirectMessageListenerContainer container;

	private RabbitDeliveryAdvice advice;

	@AfterEach
	void stop() {
		this.container.setShutdownTimeout(100);
		this.container.stop();
		this.advice.close();
	}

	@Test
	void infrastructureFailureIsRequeuedOnceAndOnlyAfterTheHold() throws Exception {
		start((message) -> {
			throw new Inboxes.DatabaseAway();
		});
		long begin = System.nanoTime();
		deliver(1);
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(HOLD);
		Mockito.verify(this.channel).basicNack(1, true, true);
		Mockito.verify(this.channel, Mockito.never()).basicReject(anyLong(), anyBoolean());
		Mockito.verify(this.channel, Mockito.never()).basicAck(anyLong(), anyBoolean());
	}

	@Test
	void businessFailureIsAcknowledgedWhenItIsParked() throws Exception {
		start((message) -> {
			throw new IllegalStateException("sold out");
		});
		deliver(1);
		assertThat(this.inboxes.parked).hasSize(1);
		Mockito.verify(this.channel).basicAck(1, false);
		Mockito.verify(this.channel, Mockito.never()).basicNack(anyLong(), anyBoolean(), anyBoolean());
		Mockito.verify(this.channel, Mockito.never()).basicReject(anyLong(), anyBoolean());
	}

	@Test
	void rejectionWithoutRequeueByTheListenerDoesNotReachTheBroker() throws Exception {
		start((message) -> {
			throw new AmqpRejectAndDontRequeueException("throw it away");
		});
		deliver(1);
		assertThat(this.inboxes.parked).hasSize(1);
		Mockito.verify(this.channel).basicAck(1, false);
		Mockito.verify(this.channel, Mockito.never()).basicNack(anyLong(), anyBoolean(), anyBoolean());
	}

	@Test
	void containerMadeAfterTheStartIsVerifiedBeforeItsFirstMessage() throws Exception {
		this.acknowledgeMode = AcknowledgeMode.MANUAL;
		start((message) -> this.inboxes.apply("shipping"));
		this.containers.clear();
		new RabbitListenerVerifier(this.listeners, this.advice, this.catalogue, Verification.FAIL, List::of).start();
		this.containers.add(this.container);
		deliver(1);
		assertThat(this.inboxes.applied).isEmpty();
		Awaitility.await().until(() -> !this.container.isActive());
		assertThat(this.catalogue.flows()).extracting(Flow::name).containsExactly("shipping");
		Mockito.verify(this.channel, Mockito.never()).basicAck(anyLong(), anyBoolean());
		Mockito.verify(this.channel, Mockito.never()).basicReject(anyLong(), anyBoolean());
	}

	private void start(MessageListener listener) throws Exception {
		this.container = new DirectMessageListenerContainer(connections());
		this.containers.add(this.container);
		this.container.setQueueNames("orders");
		this.container.setMessageListener(new Effect(listener));
		this.container.setMissingQueuesFatal(false);
		this.container.setAcknowledgeMode(this.acknowledgeMode);
		this.listeners = new RabbitListeners(() -> this.containers, new AnnotationFlows(), this.inboxes.policies);
		this.advice = new RabbitDeliveryAdvice(this.listeners, this.inboxes.failures(), this.inboxes.events::add,
				new RabbitListenerSettings(HOLD, HOLD, Duration.ofMinutes(1), 1), Trail.NONE, Clock.systemUTC());
		new RabbitFactoryPostProcessor(() -> this.advice, () -> RabbitListenerSettings.DEFAULTS)
			.postProcessBeforeInitialization(this.container, "orders");
		this.container.afterPropertiesSet();
		this.container.start();
	}

	private ConnectionFactory connections() throws Exception {
		ConnectionFactory factory = Mockito.mock();
		Connection connection = Mockito.mock();
		given(factory.createConnection()).willReturn(connection);
		given(connection.createChannel(anyBoolean())).willReturn(this.channel);
		given(connection.isOpen()).willReturn(true);
		given(this.channel.isOpen()).willReturn(true);
		given(this.channel.queueDeclarePassive(anyString()))
			.willReturn(new AMQP.Queue.DeclareOk.Builder().queue("orders").build());
		ArgumentCaptor<Consumer> consumers = ArgumentCaptor.captor();
		given(this.channel.basicConsume(anyString(), anyBoolean(), anyString(), anyBoolean(), anyBoolean(), any(),
				consumers.capture()))
			.willAnswer((call) -> {
				consumers.getValue().handleConsumeOk("tag");
				this.consumer.complete(consumers.getValue());
				return "tag";
			});
		return factory;
	}

	private void deliver(long tag) throws Exception {
		this.consumer.get(10, TimeUnit.SECONDS)
			.handleDelivery("tag", new Envelope(tag, false, "", "orders"),
					new AMQP.BasicProperties.Builder().messageId("m-1").build(), new byte[] { 1 });
	}

	private record Effect(MessageListener body) implements MessageListener {

		@Override
		@ExactlyOnceEffect(flow = "shipping")
		public void onMessage(Message message) {
			this.body.onMessage(message);
		}

	}

}
