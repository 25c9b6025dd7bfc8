// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.time.Duration;
import java.util.Date;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import com.rabbitmq.client.AMQP;
import dev.idempotency.relay.SendResult;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.ArgumentCaptor;
import org.mockito.Mockito;

import org.springframework.amqp.AmqpConnectException;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.BDDMockito.given;

class RabbitTransportTests {

	private final FakeBroker broker = new FakeBroker();

	private final RabbitTransport transport = new RabbitTransport(this.broker.factory, Duration.ofSeconds(5));

	@AfterEach
	void close() {
		this.transport.close();
	}

	@Test
	void saysNothingUntilTheBrokerHasConfirmed() throws Exception {
		CompletableFuture<SendResult> result = send("orders", "new", "m-1");
		FakeBroker.FakeChannel channel = published(1);
		assertThat(result).isNotDone();
		channel.ack(1, false);
		assertThat(result(result)).isInstanceOf(SendResult.Confirmed.class);
	}

	@Test
	void confirmsOfManyAreSharedOut() throws Exception {
		CompletableFuture<SendResult> first = send("orders", "new", "m-1");
		CompletableFuture<SendResult> second = send("orders", "new", "m-2");
		CompletableFuture<SendResult> third = send("orders", "new", "m-3");
		FakeBroker.FakeChannel channel = published(3);
		channel.ack(2, true);
		assertThat(result(first)).isInstanceOf(SendResult.Confirmed.class);
		assertThat(result(second)).isInstanceOf(SendResult.Confirmed.class);
		assertThat(third).isNotDone();
		channel.nack(3, false);
		assertThat(result(third)).isInstanceOf(SendResult.Unavailable.class);
	}

	@Test
	void returnedMessageIsRefusedAlthoughItWasConfirmed() throws Exception {
		CompletableFuture<SendResult> returned = send("orders", "nowhere", "m-1");
		CompletableFuture<SendResult> routed = send("orders", "new", "m-2");
		FakeBroker.FakeChannel channel = published(2);
		channel.giveBack(1);
		channel.ack(2, true);
		assertThat(result(routed)).isInstanceOf(SendResult.Confirmed.class);
		assertThat(result(returned)).isInstanceOfSatisfying(SendResult.Refused.class,
				(refused) -> assertThat(refused.cause()).hasMessageContaining("exchange 'orders'")
					.hasMessageContaining("routing key 'nowhere'")
					.hasMessageContaining("Bind a queue"));
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = "other")
	void returnedReplayIsRefusedWhateverMessageIdItsOriginalHad(@Nullable String messageId) throws Exception {
		CompletableFuture<SendResult> returned = this.transport.send(Records.replay("orders", "m-1", messageId))
			.toCompletableFuture();
		FakeBroker.FakeChannel channel = published(1);
		channel.giveBack(1);
		channel.ack(1, false);
		assertThat(result(returned)).isInstanceOf(SendResult.Refused.class);
	}

	@Test
	void missingConfirmEndsAsUnavailable() throws Exception {
		try (RabbitTransport hasty = new RabbitTransport(this.broker.factory, Duration.ofMillis(50))) {
			CompletableFuture<SendResult> result = hasty.send(Records.to("orders", "new", "m-1")).toCompletableFuture();
			assertThat(result(result)).isInstanceOfSatisfying(SendResult.Unavailable.class,
					(unavailable) -> assertThat(unavailable.cause()).hasMessageContaining("within 50 ms"));
		}
	}

	@Test
	void closedChannelEndsWhatWaitsOnItAndOnNoOther() throws Exception {
		CompletableFuture<SendResult> missing = send("missing", "new", "m-1");
		FakeBroker.FakeChannel culprit = published(1);
		CompletableFuture<SendResult> innocent = send("orders", "new", "m-2");
		FakeBroker.FakeChannel other = published(1, 1);
		culprit.close(FakeBroker.closing(AMQP.NOT_FOUND, "NOT_FOUND - no exchange 'missing'"));
		assertThat(result(missing)).isInstanceOfSatisfying(SendResult.Unavailable.class,
				(unavailable) -> assertThat(unavailable.cause()).hasMessageContaining("'missing'")
					.hasMessageContaining("Declare it"));
		assertThat(innocent).isNotDone();
		other.ack(1, false);
		assertThat(result(innocent)).isInstanceOf(SendResult.Confirmed.class);
	}

	@Test
	void nextMessageAfterAClosureGetsANewChannel() throws Exception {
		send("orders", "new", "m-1");
		published(1).close(FakeBroker.closing(AMQP.CONNECTION_FORCED, "CONNECTION_FORCED"));
		CompletableFuture<SendResult> again = send("orders", "new", "m-1");
		published(1, 1).ack(1, false);
		assertThat(result(again)).isInstanceOf(SendResult.Confirmed.class);
	}

	@Test
	void messageTooLargeIsRefusedAndItsNeighboursAreNot() throws Exception {
		CompletableFuture<SendResult> neighbour = send("orders", "new", "m-1");
		CompletableFuture<SendResult> large = this.transport.send(Records.to("orders", "new", "m-2", "x".repeat(100)))
			.toCompletableFuture();
		published(2).close(FakeBroker.closing(AMQP.PRECONDITION_FAILED,
				"PRECONDITION_FAILED - message size 100 is larger than configured max size 50"));
		assertThat(result(large)).isInstanceOf(SendResult.Refused.class);
		assertThat(result(neighbour)).isInstanceOf(SendResult.Unavailable.class);
	}

	@Test
	void blockedConnectionIsUnavailableAtOnce() throws Exception {
		send("orders", "new", "m-1");
		published(1);
		this.broker.blocked().handle("low on memory");
		assertThat(send("orders", "new", "m-2"))
			.isCompletedWithValueMatching((result) -> result instanceof SendResult.Unavailable unavailable
					&& unavailable.cause().getMessage().contains("low on memory"));
	}

	@Test
	void brokerThatCannotBeReachedIsUnavailable() throws Exception {
		ConnectionFactory unreachable = Mockito.mock();
		given(unreachable.createConnection()).willThrow(new AmqpConnectException(new java.net.ConnectException()));
		try (RabbitTransport alone = new RabbitTransport(unreachable, Duration.ofSeconds(5))) {
			assertThat(result(alone.send(Records.to("orders", "new", "m-1")).toCompletableFuture()))
				.isInstanceOf(SendResult.Unavailable.class);
		}
	}

	@Test
	void routingKeyTooLongIsRefusedBeforeItBreaksTheChannel() throws Exception {
		assertThat(result(send("orders", "k".repeat(256), "m-1"))).isInstanceOfSatisfying(SendResult.Refused.class,
				(refused) -> assertThat(refused.cause()).hasMessageContaining("routing key")
					.hasMessageContaining("256 bytes"));
		assertThat(this.broker.channels).isEmpty();
	}

	@Test
	void wireFormatIsThatOfTheCloudEventsBinding() throws Exception {
		send("", null, "m-1");
		FakeBroker.FakeChannel channel = published(1);
		ArgumentCaptor<AMQP.BasicProperties> captor = ArgumentCaptor.captor();
		Mockito.verify(channel.channel).basicPublish(eq(""), eq("order-1"), eq(true), captor.capture(), any());
		AMQP.BasicProperties properties = captor.getValue();
		assertThat(properties.getDeliveryMode()).isEqualTo(2);
		assertThat(properties.getMessageId()).isEqualTo("m-1");
		assertThat(properties.getContentType()).isEqualTo("application/json");
		assertThat(properties.getType()).isEqualTo("order.created");
		assertThat(properties.getTimestamp()).isEqualTo(Date.from(Records.TIME));
		assertThat(properties.getHeaders()).containsEntry("cloudEvents:id", "m-1")
			.containsEntry("cloudEvents:source", "/orders")
			.containsEntry("cloudEvents:type", "order.created")
			.containsEntry("cloudEvents:specversion", "1.0")
			.containsEntry("cloudEvents:time", "2026-08-01T10:15:30.123456Z")
			.containsEntry("traceparent", "00-1-2-01");
	}

	@Test
	void closingEndsEverythingAlthoughTheBrokerIsSilent() throws Exception {
		CompletableFuture<SendResult> waiting = send("orders", "new", "m-1");
		FakeBroker.FakeChannel channel = published(1);
		CountDownLatch silence = new CountDownLatch(1);
		Mockito.doAnswer((call) -> silence.await(1, TimeUnit.MINUTES)).when(channel.channel).abort();
		assertThat(CompletableFuture.runAsync(this.transport::close)).succeedsWithin(Duration.ofSeconds(20));
		assertThat(result(waiting)).isInstanceOf(SendResult.Unavailable.class);
		assertThat(result(send("orders", "new", "m-2"))).isInstanceOf(SendResult.Unavailable.class);
		silence.countDown();
	}

	private CompletableFuture<SendResult> send(String exchange, String route, String id) {
		return this.transport.send(Records.to(exchange, route, id)).toCompletableFuture();
	}

	private FakeBroker.FakeChannel published(int messages) {
		return published(0, messages);
	}

	private FakeBroker.FakeChannel published(int channel, int messages) {
		Awaitility.await()
			.until(() -> this.broker.channels.size() > channel
					&& this.broker.channels.get(channel).published.size() == messages);
		return this.broker.channels.get(channel);
	}

	private static SendResult result(CompletableFuture<SendResult> result) throws Exception {
		return result.get(10, TimeUnit.SECONDS);
	}

}
