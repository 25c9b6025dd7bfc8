// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.actuate;

import java.time.Duration;

import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.flow.DeliverySemantics;
import dev.idempotency.flow.Semantics;
import dev.idempotency.sli.EffectSlis;
import dev.idempotency.testing.SharedKafka;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.KafkaTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A record fails, is set aside, its cause is mended, and it is replayed.
 */
class KafkaReplayIT {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final String topic = SharedKafka.newTopic("orders", 1);

	private final String dead = SharedKafka.newTopic("dead", 1);

	private final ActuatorApplication application = new ActuatorApplication(Application.class,
			ActuatorApplication.UNRESTRICTED, "spring.kafka.bootstrap-servers=" + SharedKafka.bootstrapServers(),
			"test.topic=" + this.topic, "test.dead=" + this.dead, "idempotency.listeners.undeclared=fail",
			"idempotency.flows.billing.dead-letter=kafka:" + this.dead);

	private final Effects effects = this.application.bean(Effects.class);

	@AfterEach
	void close() {
		this.application.close();
	}

	@Test
	void recordIsSetAsideMendedAndReplayedToItsFlowOnce() {
		send("order-1");
		Awaitility.await().atMost(TIMEOUT).until(() -> !this.effects.letters.isEmpty());
		assertThat(this.effects.letters).containsExactly("billing/ATTEMPTS_EXHAUSTED/2/" + this.topic + "-0@0");
		assertThat(this.application.parked()).hasSize(1);
		assertThat(this.effects.bills()).isEmpty();
		String id = this.application.parked().get(0).id();

		this.effects.broken = false;
		assertThat(this.application.replay(id).statusCode()).isEqualTo(200);
		Awaitility.await().atMost(TIMEOUT).until(() -> !this.effects.bills().isEmpty());
		assertThat(this.application.replay(id).statusCode()).isEqualTo(404);

		send("order-2");
		Awaitility.await()
			.atMost(TIMEOUT)
			.until(() -> this.effects.bills().size() == 2 && this.effects.handledByOther.size() == 2);
		assertThat(this.effects.bills()).containsExactly("order-1", "order-2");
		assertThat(this.effects.handledByOther).containsExactly("order-1", "order-2");
		assertThat(this.application.bean(EffectSlis.class).flows().get("stock").duplicates())
			.as("the other flow passed the replay over")
			.isZero();
		assertThat(this.application.parked()).isEmpty();
	}

	@Test
	void replayOfARecordThatWasAppliedMeanwhileChangesNothing() {
		send("order-1");
		Awaitility.await().atMost(TIMEOUT).until(() -> !this.application.parked().isEmpty());
		String id = this.application.parked().get(0).id();
		this.effects.broken = false;
		this.application.replay(id);
		Awaitility.await().atMost(TIMEOUT).until(() -> !this.effects.bills().isEmpty());

		this.application.jdbc().update("UPDATE idempotency_parked SET state = 'PARKED' WHERE id = " + id);
		assertThat(this.application.replay(id).statusCode()).isEqualTo(200);
		send("order-2");
		Awaitility.await().atMost(TIMEOUT).until(() -> this.effects.bills().contains("order-2"));
		assertThat(this.effects.bills()).containsExactly("order-1", "order-2");
	}

	@SuppressWarnings("unchecked")
	private void send(String order) {
		this.application.bean(KafkaTemplate.class).send(this.topic, order).join();
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

		@KafkaListener(id = "billing", topics = "${test.topic}")
		@ExactlyOnceEffect(flow = "billing")
		void bill(String order) {
			this.effects.bill(order);
		}

		@KafkaListener(id = "stock", topics = "${test.topic}")
		@ExactlyOnceEffect(flow = "stock")
		void reserve(String order) {
			this.effects.handledByOther.add(order);
		}

		@KafkaListener(id = "letters", topics = "${test.dead}")
		@DeliverySemantics(value = Semantics.AT_LEAST_ONCE, rationale = "people read them")
		void letter(ConsumerRecord<String, String> letter) {
			this.effects.letters.add(String.join("/", header(letter, "flow"), header(letter, "reason"),
					header(letter, "attempts"), header(letter, "position")));
		}

		private static String header(ConsumerRecord<String, String> letter, String name) {
			return new String(letter.headers().lastHeader("idempotency-dead-letter-" + name).value());
		}

	}

}
