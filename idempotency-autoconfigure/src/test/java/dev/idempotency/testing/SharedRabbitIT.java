// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.time.Duration;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class SharedRabbitIT {

	private final ServerAddress nobody = new ServerAddress("127.0.0.1", Ports.free(), "guest", "guest");

	@Test
	void callersDoNotSeeEachOther() throws Exception {
		try (SharedRabbit first = SharedRabbit.open().requireRabbitMq("virtual hosts");
				SharedRabbit second = SharedRabbit.open()) {
			assertThat(first.virtualHost()).isNotEqualTo(second.virtualHost());
			assertThat(first.newQueue("orders")).isNotEqualTo(second.newQueue("orders"));
			passesAMessage(first);
			passesAMessage(second);
		}
	}

	@Test
	void virtualHostIsGoneOnClose() {
		try (SharedRabbit closed = SharedRabbit.open().requireRabbitMq("virtual hosts")) {
			closed.close();
			assertThatExceptionOfType(Exception.class).isThrownBy(() -> closed.connectionFactory().newConnection());
		}
	}

	@Test
	void serverClosesOurConnectionsOnly() throws Exception {
		try (SharedRabbit rabbit = SharedRabbit.open();
				SharedRabbit other = SharedRabbit.open();
				Connection theirs = other.connectionFactory().newConnection()) {
			Connection ours = rabbit.connectionFactory().newConnection();
			rabbit.closeConnections();
			Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !ours.isOpen());
			assertThat(theirs.isOpen()).isTrue();
		}
	}

	@Test
	void embeddedBrokerTakesThePlaceOfAMissingOneAndSaysWhatItCannotProve() throws Exception {
		try (SharedRabbit rabbit = SharedRabbit.open(this.nobody, new MissingServer(false))) {
			assertThat(rabbit.isRabbitMq()).isFalse();
			assertThatExceptionOfType(TestAbortedException.class)
				.isThrownBy(() -> rabbit.requireRabbitMq("quorum queues"))
				.withMessageContaining("quorum queues");
			passesAMessage(rabbit);
		}
	}

	@Test
	void missingServerIsAFailureInContinuousIntegration() {
		assertThatIllegalStateException().isThrownBy(() -> SharedRabbit.open(this.nobody, new MissingServer(true)))
			.withMessageContaining("idempotency.test.rabbitmq.host")
			.withMessageContaining("CI=true");
	}

	private static void passesAMessage(SharedRabbit rabbit) throws Exception {
		String queue = rabbit.newQueue("orders");
		String exchange = rabbit.newExchange("events", BuiltinExchangeType.TOPIC);
		try (Connection connection = rabbit.connectionFactory().newConnection();
				Channel channel = connection.createChannel()) {
			channel.queueBind(queue, exchange, "#");
			channel.confirmSelect();
			channel.basicPublish(exchange, "key", true, MessageProperties.PERSISTENT_BASIC, "hello".getBytes(UTF_8));
			channel.waitForConfirmsOrDie(10_000);
			GetResponse response = channel.basicGet(queue, true);
			assertThat(response.getBody()).asString(UTF_8).isEqualTo("hello");
		}
	}

}
