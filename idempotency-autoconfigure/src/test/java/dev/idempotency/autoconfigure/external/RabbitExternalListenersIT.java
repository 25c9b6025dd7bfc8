// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.external;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.idempotency.testing.SharedMariaDb;
import dev.idempotency.testing.SharedRabbit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

/**
 * With RabbitMQ and MariaDB.
 */
@Tag("soak")
class RabbitExternalListenersIT extends AbstractExternalListeners {

	private static final Duration HANDED_BACK = Duration.ofSeconds(3);

	private final SharedRabbit rabbit = SharedRabbit.open();

	private final Map<String, String> queues = Map.of(ExternalListenerNode.WITH_KEY, this.rabbit.newQueue("keyed"),
			ExternalListenerNode.AT_MOST_ONCE, this.rabbit.newQueue("once"));

	private final Connection connection;

	RabbitExternalListenersIT() throws IOException, TimeoutException {
		super(SharedMariaDb.open());
		this.connection = this.rabbit.connectionFactory().newConnection();
	}

	@Override
	List<String> broker() {
		return List.of("--test.broker=rabbit", "--spring.rabbitmq.host=" + this.rabbit.host(),
				"--spring.rabbitmq.port=" + this.rabbit.port(),
				"--spring.rabbitmq.virtual-host=" + this.rabbit.virtualHost(),
				"--spring.rabbitmq.username=" + this.rabbit.username(),
				"--spring.rabbitmq.password=" + this.rabbit.password(),
				"--test.with-key=" + this.queues.get(ExternalListenerNode.WITH_KEY),
				"--test.at-most-once=" + this.queues.get(ExternalListenerNode.AT_MOST_ONCE));
	}

	@AfterEach
	void closeClients() throws IOException {
		this.connection.close();
		this.rabbit.close();
	}

	@Override
	void send(String flow, String id) {
		onChannel((channel) -> {
			channel.basicPublish("", this.queues.get(flow),
					new AMQP.BasicProperties.Builder().messageId(id).contentType("text/plain").deliveryMode(2).build(),
					("order " + id).getBytes(StandardCharsets.UTF_8));
			return 0;
		});
	}

	/**
	 * The broker takes a moment to hand back what a dead consumer held.
	 */
	@Override
	boolean isAcknowledged(String flow) {
		try {
			Awaitility.await().atMost(HANDED_BACK).until(() -> onChannel((channel) -> messages(channel, flow)) > 0);
			return false;
		}
		catch (ConditionTimeoutException ex) {
			return true;
		}
	}

	private int messages(Channel channel, String flow) throws IOException {
		return channel.queueDeclarePassive(this.queues.get(flow)).getMessageCount();
	}

	private int onChannel(Work work) {
		try (Channel channel = this.connection.createChannel()) {
			return work.on(channel);
		}
		catch (IOException | TimeoutException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private interface Work {

		int on(Channel channel) throws IOException;

	}

}
