// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.actuate;

import java.time.Duration;

import com.rabbitmq.client.BuiltinExchangeType;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.testing.SharedRabbit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A message fails, is set aside, its cause is mended, and it is replayed.
 */
class RabbitReplayIT {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private static SharedRabbit rabbit;

	private final String orders = rabbit.newExchange("orders", BuiltinExchangeType.FANOUT);

	private final String billing = rabbit.newQueue("billing");

	private final String stock = rabbit.newQueue("stock");

	private final String dead = rabbit.newExchange("dead", BuiltinExchangeType.FANOUT);

	private final String letters = rabbit.newQueue("letters");

	private final ActuatorApplication application = new ActuatorApplication(Application.class,
			ActuatorApplication.UNRESTRICTED, "spring.rabbitmq.host=" + rabbit.host(),
			"spring.rabbitmq.port=" + rabbit.port(), "spring.rabbitmq.virtual-host=" + rabbit.virtualHost(),
			"spring.rabbitmq.username=" + rabbit.username(), "spring.rabbitmq.password=" + rabbit.password(),
			"test.billing=" + this.billing, "test.stock=" + this.stock,
			"idempotency.flows.billing.dead-letter=rabbit:" + this.dead);

	private final Effects effects = this.application.bean(Effects.class);

	private final RabbitTemplate template = this.application.bean(RabbitTemplate.class);

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
		this.application.close();
	}

	@Test
	void messageIsSetAsideMendedAndReplayedToItsFlowOnce() {
		bind(this.billing, this.orders);
		bind(this.stock, this.orders);
		bind(this.letters, this.dead);
		send("m1", "order-1");
		Message letter = this.template.receive(this.letters, TIMEOUT.toMillis());
		assertThat(letter).isNotNull();
		assertThat(letter.getMessageProperties().getHeaders()).containsEntry("idempotency-dead-letter-flow", "billing")
			.containsEntry("idempotency-dead-letter-origin", "rabbit:" + this.billing);
		assertThat(letter.getMessageProperties().getContentType()).isEqualTo("text/plain");
		assertThat(this.application.parked()).hasSize(1);
		assertThat(this.effects.bills()).isEmpty();
		String id = this.application.parked().get(0).id();

		this.effects.broken = false;
		assertThat(this.application.replay(id).statusCode()).isEqualTo(200);
		Awaitility.await().atMost(TIMEOUT).until(() -> !this.effects.bills().isEmpty());
		assertThat(this.application.replay(id).statusCode()).isEqualTo(404);

		send("m1", "order-1");
		send("m2", "order-2");
		Awaitility.await()
			.atMost(TIMEOUT)
			.until(() -> this.effects.bills().size() == 2 && this.effects.handledByOther.size() == 2);
		assertThat(this.effects.bills()).as("replay has the identity of the original")
			.containsExactly("order-1", "order-2");
		assertThat(this.effects.handledByOther).as("replay is for the other flow")
			.containsExactly("order-1", "order-2");
		assertThat(this.application.parked()).isEmpty();
	}

	private void bind(String queue, String exchange) {
		new RabbitAdmin(this.template)
			.declareBinding(new Binding(queue, Binding.DestinationType.QUEUE, exchange, "", null));
	}

	private void send(String id, String order) {
		this.template.send(this.orders, "",
				MessageBuilder.withBody(order.getBytes()).setContentType("text/plain").setMessageId(id).build());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Effects effects(JdbcTemplate jdbc) {
			return new Effects(jdbc);
		}

		@Bean
		Listeners listeners(Effects effects) {
			return new Listeners(effects);
		}

	}

	static class Listeners {

		private final Effects effects;

		Listeners(Effects effects) {
			this.effects = effects;
		}

		@RabbitListener(id = "billing", queues = "${test.billing}")
		@ExactlyOnceEffect(flow = "billing")
		void bill(String order) {
			this.effects.bill(order);
		}

		@RabbitListener(id = "stock", queues = "${test.stock}")
		@ExactlyOnceEffect(flow = "stock")
		void reserve(String order) {
			this.effects.handledByOther.add(order);
		}

	}

}
