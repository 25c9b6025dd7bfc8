// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import com.rabbitmq.client.BuiltinExchangeType;
import dev.idempotency.relay.SendResult;
import dev.idempotency.testing.SharedRabbit;
import dev.idempotency.testing.TcpProxy;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;

import static org.assertj.core.api.Assertions.assertThat;

class RabbitTransportIT {

	private static final Duration BOUND = Duration.ofSeconds(5);

	private static SharedRabbit rabbit;

	private final CachingConnectionFactory connections = new CachingConnectionFactory(rabbit.connectionFactory());

	private final RabbitTransport transport = new RabbitTransport(this.connections, BOUND);

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
		this.transport.close();
		this.connections.destroy();
	}

	@Test
	void confirmedMessageIsInTheQueueAsTheWireFormatSays() {
		String queue = rabbit.newQueue("confirmed");
		assertThat(result(send("", queue, "m-1"))).isInstanceOf(SendResult.Confirmed.class);
		Message message = receive(queue);
		assertThat(message.getBody()).asString().isEqualTo("{}");
		assertThat(message.getMessageProperties().getMessageId()).isEqualTo("m-1");
		assertThat(message.getMessageProperties().getReceivedDeliveryMode()).isEqualTo(MessageDeliveryMode.PERSISTENT);
		assertThat(message.getMessageProperties().getHeaders())
			.containsOnlyKeys("cloudEvents:id", "cloudEvents:source", "cloudEvents:type", "cloudEvents:time",
					"cloudEvents:specversion", "cloudEvents:partitionkey", "traceparent")
			.containsEntry("cloudEvents:source", "/orders");
	}

	@Test
	void messageWithoutARouteIsRefused() {
		rabbit.requireRabbitMq("returns of unroutable messages");
		String exchange = rabbit.newExchange("unroutable", BuiltinExchangeType.DIRECT);
		assertThat(result(send(exchange, "nowhere", "m-1"))).isInstanceOfSatisfying(SendResult.Refused.class,
				(refused) -> assertThat(refused.cause()).hasMessageContaining(exchange)
					.hasMessageContaining("'nowhere'")
					.hasMessageContaining("NO_ROUTE"));
	}

	@Test
	void missingExchangeIsUnavailableAndHarmsNoOther() {
		String queue = rabbit.newQueue("innocent");
		List<CompletableFuture<SendResult>> missing = IntStream.range(0, 20)
			.mapToObj((number) -> send("no-such-exchange", "x", "missing-" + number))
			.toList();
		List<CompletableFuture<SendResult>> innocent = IntStream.range(0, 20)
			.mapToObj((number) -> send("", queue, "innocent-" + number))
			.toList();
		assertThat(missing)
			.allSatisfy((future) -> assertThat(result(future)).isInstanceOfSatisfying(SendResult.Unavailable.class,
					(unavailable) -> assertThat(unavailable.cause()).hasMessageContaining("no-such-exchange")));
		assertThat(innocent)
			.allSatisfy((future) -> assertThat(result(future)).isInstanceOf(SendResult.Confirmed.class));
		assertThat(result(send("no-such-exchange", "x", "later"))).isInstanceOfSatisfying(SendResult.Unavailable.class,
				(unavailable) -> assertThat(unavailable.cause()).hasMessageContaining("Declare it"));
	}

	@Test
	void retriesToAMissingExchangeTakeNoFurtherConnections() {
		CachingConnectionFactory separate = new CachingConnectionFactory(rabbit.connectionFactory());
		separate.setCacheMode(CachingConnectionFactory.CacheMode.CONNECTION);
		try (RabbitTransport retrying = new RabbitTransport(separate, BOUND)) {
			for (int retry = 0; retry < 5; retry++) {
				assertThat(result(retrying.send(Records.to("no-such-exchange", "x", "m-1")).toCompletableFuture()))
					.isInstanceOf(SendResult.Unavailable.class);
			}
			assertThat(((CachingConnectionFactory) separate.getPublisherConnectionFactory()).getCacheProperties())
				.containsEntry("openConnections", "1");
		}
		finally {
			separate.destroy();
		}
	}

	@Test
	void fullQueueIsUnavailable() {
		rabbit.requireRabbitMq("negative confirmations");
		String queue = rabbit.newQueue("full", Map.of("x-max-length", 1, "x-overflow", "reject-publish"));
		assertThat(result(send("", queue, "m-1"))).isInstanceOf(SendResult.Confirmed.class);
		SendResult last = null;
		for (int number = 2; number < 20 && !(last instanceof SendResult.Unavailable); number++) {
			last = result(send("", queue, "m-" + number));
		}
		assertThat(last).isInstanceOf(SendResult.Unavailable.class);
	}

	@Test
	void everythingInFlightEndsWhenTheConnectionBreaksAndIsRepeatedWithTheSameIds() {
		String queue = rabbit.newQueue("cut");
		try (TcpProxy network = TcpProxy.to(rabbit.host(), rabbit.port());
				RabbitTransport cut = new RabbitTransport(through(network), BOUND)) {
			assertThat(result(send(cut, queue, "warm-up"))).isInstanceOf(SendResult.Confirmed.class);
			network.muteReplies();
			List<CompletableFuture<SendResult>> inFlight = IntStream.range(0, 200)
				.mapToObj((number) -> send(cut, queue, "m-" + number))
				.toList();
			Awaitility.await().until(() -> depth(queue) == 201);
			assertThat(inFlight).noneMatch(CompletableFuture::isDone);
			network.cutAll();
			network.unmute();
			assertThat(inFlight)
				.allSatisfy((future) -> assertThat(result(future)).isInstanceOf(SendResult.Unavailable.class));
			IntStream.range(0, 200)
				.forEach((number) -> assertThat(result(send(cut, queue, "m-" + number)))
					.isInstanceOf(SendResult.Confirmed.class));
		}
		List<String> ids = IntStream.range(0, 401)
			.mapToObj((number) -> receive(queue).getMessageProperties().getMessageId())
			.toList();
		assertThat(ids.subList(201, 401)).containsExactlyElementsOf(ids.subList(1, 201));
	}

	@Test
	void connectionClosedByTheServerLosesNoMessage() {
		String queue = rabbit.newQueue("closed");
		List<CompletableFuture<SendResult>> sent = IntStream.range(0, 1000).mapToObj((number) -> {
			if (number == 300) {
				rabbit.closeConnections();
			}
			return send("", queue, "m-" + number);
		}).toList();
		for (int number = 0; number < sent.size(); number++) {
			SendResult outcome = result(sent.get(number));
			for (int repeat = 0; repeat < 10 && outcome instanceof SendResult.Unavailable; repeat++) {
				outcome = result(send("", queue, "m-" + number));
			}
			assertThat(outcome).isInstanceOf(SendResult.Confirmed.class);
		}
		List<String> ids = IntStream.range(0, depth(queue))
			.mapToObj((number) -> receive(queue).getMessageProperties().getMessageId())
			.toList();
		assertThat(ids).contains(IntStream.range(0, 1000).mapToObj((number) -> "m-" + number).toArray(String[]::new));
	}

	@Test
	void silentBrokerEndsAsUnavailableWithinTheBound() {
		String queue = rabbit.newQueue("silent");
		try (TcpProxy network = TcpProxy.to(rabbit.host(), rabbit.port());
				RabbitTransport silent = new RabbitTransport(through(network), Duration.ofSeconds(1))) {
			assertThat(result(send(silent, queue, "warm-up"))).isInstanceOf(SendResult.Confirmed.class);
			network.muteReplies();
			assertThat(result(send(silent, queue, "m-1"))).isInstanceOfSatisfying(SendResult.Unavailable.class,
					(unavailable) -> assertThat(unavailable.cause()).hasMessageContaining("1000 ms"));
		}
	}

	@Test
	void connectionFactoryOfTheApplicationIsNotChangedAndMayBeTransacted() {
		String queue = rabbit.newQueue("transacted");
		assertThat(result(send("", queue, "m-1"))).isInstanceOf(SendResult.Confirmed.class);
		assertThat(this.connections.isPublisherConfirms()).isFalse();
		assertThat(this.connections.isPublisherReturns()).isFalse();
		RabbitTemplate transacted = new RabbitTemplate(this.connections);
		transacted.setChannelTransacted(true);
		transacted.convertAndSend("", queue, "theirs");
		assertThat(depth(queue)).isEqualTo(2);
	}

	private CachingConnectionFactory through(TcpProxy network) {
		com.rabbitmq.client.ConnectionFactory factory = rabbit.connectionFactory();
		factory.setHost(network.host());
		factory.setPort(network.port());
		return new CachingConnectionFactory(factory);
	}

	private CompletableFuture<SendResult> send(String exchange, String route, String id) {
		return this.transport.send(Records.to(exchange, route, id)).toCompletableFuture();
	}

	private static CompletableFuture<SendResult> send(RabbitTransport transport, String queue, String id) {
		return transport.send(Records.to("", queue, id)).toCompletableFuture();
	}

	private static SendResult result(CompletableFuture<SendResult> result) {
		return result.orTimeout(2 * BOUND.toSeconds(), TimeUnit.SECONDS).join();
	}

	private int depth(String queue) {
		Integer count = new RabbitTemplate(this.connections)
			.execute((channel) -> channel.queueDeclarePassive(queue).getMessageCount());
		return (count != null) ? count : 0;
	}

	private Message receive(String queue) {
		Message message = new RabbitTemplate(this.connections).receive(queue, 5000);
		assertThat(message).isNotNull();
		return message;
	}

}
