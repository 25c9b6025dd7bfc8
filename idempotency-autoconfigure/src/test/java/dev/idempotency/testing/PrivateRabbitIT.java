// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

@Tag("soak")
class PrivateRabbitIT {

	private static final Logger logger = LoggerFactory.getLogger(PrivateRabbitIT.class);

	private static final String QUEUE = "kept";

	@AutoClose
	private static final PrivateRabbit rabbit = timed("first start", PrivateRabbit::started);

	@BeforeEach
	void emptyQueue() throws Exception {
		rabbit.start();
		try (Connection connection = rabbit.connectionFactory().newConnection();
				Channel channel = connection.createChannel()) {
			channel.queueDeclare(QUEUE, true, false, false, Map.of());
			channel.queuePurge(QUEUE);
		}
	}

	@Test
	void confirmedMessagesSurviveKillAndRestart() throws Exception {
		publish(100);
		rabbit.kill9();
		assertThat(rabbit.isRunning()).isFalse();
		timed("restart after kill", rabbit::restart);
		assertThat(messages()).isEqualTo(100);
	}

	@Test
	void confirmedMessagesSurviveAnOrderlyRestart() throws Exception {
		publish(1);
		timed("orderly restart", rabbit::restart);
		assertThat(messages()).isEqualTo(1);
	}

	@Test
	void stoppedBrokerRefusesConnectionsUntilItIsStarted() throws Exception {
		publish(1);
		timed("stop_app", rabbit::stopApp);
		assertThat(rabbit.isRunning()).isTrue();
		assertThatIOException().isThrownBy(() -> rabbit.connectionFactory().newConnection());
		timed("start_app", rabbit::startApp);
		assertThat(messages()).isEqualTo(1);
	}

	@Test
	void pausedNodeAnswersAfterItIsResumed() throws Exception {
		rabbit.pause();
		try {
			assertThatConnectingTimesOut();
		}
		finally {
			rabbit.resume();
		}
		assertThat(messages()).isZero();
	}

	private static void assertThatConnectingTimesOut() {
		ConnectionFactory factory = rabbit.connectionFactory();
		factory.setHandshakeTimeout(500);
		assertThatExceptionOfType(TimeoutException.class).isThrownBy(factory::newConnection);
	}

	private static void publish(int count) throws IOException, TimeoutException, InterruptedException {
		try (Connection connection = rabbit.connectionFactory().newConnection();
				Channel channel = connection.createChannel()) {
			channel.confirmSelect();
			for (int i = 0; i < count; i++) {
				channel.basicPublish("", QUEUE, MessageProperties.PERSISTENT_BASIC, ("m" + i).getBytes(UTF_8));
			}
			channel.waitForConfirmsOrDie(30_000);
		}
	}

	private static long messages() throws IOException, TimeoutException {
		try (Connection connection = rabbit.connectionFactory().newConnection();
				Channel channel = connection.createChannel()) {
			return channel.messageCount(QUEUE);
		}
	}

	private static void timed(String what, Runnable action) {
		timed(what, () -> {
			action.run();
			return "";
		});
	}

	private static <T> T timed(String what, Supplier<T> action) {
		long start = System.nanoTime();
		T result = action.get();
		logger.info("RabbitMQ {}: {} ms", what, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
		return result;
	}

}
