// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

import dev.idempotency.delivery.CurrentDelivery;
import dev.idempotency.delivery.Delivery;
import dev.idempotency.effect.CurrentEffect;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.kafka.GroupApplication.Ledger;
import dev.idempotency.outbox.Outbox;
import dev.idempotency.outbox.OutboxMessage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.support.serializer.ErrorHandlingDeserializer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Record listeners whose records share transactions.
 */
class RecordGroupsIT {

	private final GroupApplication application = new GroupApplication()
		.property("idempotency.flows.orders.group.max-records", "50");

	@AfterEach
	void close() {
		this.application.close();
	}

	private Ledger ledger() {
		return this.application.bean(Ledger.class);
	}

	@Test
	void recordsOfAPollShareTransactionsAndAreAppliedOnce() {
		this.application.start(Orders.class).consume(GroupApplication.ids(100));
		assertThat(this.application.applied()).containsExactly(GroupApplication.ids(100));
		assertThat(this.application.transactions()).as("16, then 32, then 50, then the rest").isLessThanOrEqualTo(5);
		this.application.consumeAgain(100);
		assertThat(this.application.applied()).hasSize(100);
		assertThat(this.application.events(EffectEvent.Completed.class)).hasSize(100);
		assertThat(this.application.events(EffectEvent.Duplicate.class)).hasSize(100);
		assertThat(this.application.events(EffectEvent.Delivered.class)).hasSize(200);
		assertThat(this.application.events(EffectEvent.RolledBack.class)).isEmpty();
	}

	@Test
	void duplicatesWithinAPollAreCountedOnceEach() {
		this.application.start(Orders.class).consume("a", "b", "a", "c", "b", "a");
		assertThat(this.application.applied()).containsExactly("a", "b", "c");
		assertThat(this.application.events(EffectEvent.Duplicate.class)).hasSize(3);
		assertThat(this.application.events(EffectEvent.Completed.class)).hasSize(3);
	}

	/**
	 * They are known by their offsets, and the effect's transaction moves the position.
	 */
	@Test
	void recordsWithoutIdsAreAppliedOnceAndWithoutTheBadOne() {
		this.application.start(Values.class);
		ledger().bad = "m7";
		String[] values = GroupApplication.ids(20);
		for (String value : values) {
			this.application.topic.send(0, value.getBytes(), Map.of());
		}
		this.application.container().start();
		this.application.awaitCommitted(20);
		List<String> good = Arrays.stream(values).filter((value) -> !value.equals("m7")).toList();
		assertThat(this.application.applied()).containsExactlyElementsOf(good);
		assertThat(this.application.parked()).singleElement()
			.satisfies((parked) -> assertThat(parked.attempts()).isEqualTo(3));
		assertThat(this.application.transactions()).isLessThanOrEqualTo(4);
		this.application.container().stop();
		this.application.topic.rewind();
		this.application.topic.send(0, "m20".getBytes(), Map.of());
		this.application.container().start();
		this.application.awaitCommitted(21);
		assertThat(this.application.applied()).hasSize(20).startsWith(good.toArray(String[]::new)).endsWith("m20");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 5, 11 })
	void aBadRecordIsSetAsideAndTheOthersAreApplied(int position) {
		String[] ids = GroupApplication.ids(12);
		this.application.start(Orders.class);
		ledger().bad = ids[position];
		this.application.consume(ids);
		assertThat(this.application.applied())
			.containsExactlyElementsOf(Arrays.stream(ids).filter((id) -> !id.equals(ids[position])).toList());
		assertThat(this.application.parked()).singleElement().satisfies((parked) -> {
			assertThat(parked.attempts()).isEqualTo(3);
			assertThat(parked.reason().name()).isEqualTo("ATTEMPTS_EXHAUSTED");
		});
		assertThat(this.application.events(EffectEvent.Completed.class)).hasSize(11);
		assertThat(this.application.events(EffectEvent.Retried.class)).hasSize(2);
		assertThat(this.application.events(EffectEvent.Duplicate.class)).isEmpty();
		assertThat(this.application.events(EffectEvent.Delivered.class)).as("the bad one three times").hasSize(14);
		assertThat(this.application.transactions()).isLessThanOrEqualTo(2);
	}

	@Test
	void whatFailsOnlyAtTheCommitIsFoundToo() {
		this.application.start(Orders.class);
		this.application.jdbc()
			.execute("ALTER TABLE applied ADD CONSTRAINT one UNIQUE (item) DEFERRABLE INITIALLY DEFERRED");
		this.application.jdbc().update("INSERT INTO applied VALUES ('m7', 'before')");
		this.application.consume(GroupApplication.ids(12));
		assertThat(this.application.applied()).hasSize(12).doesNotHaveDuplicates();
		assertThat(this.application.parked()).hasSize(1);
	}

	@Test
	void aRecordThatIsRetriedIsNotOvertakenByLaterOnes() {
		this.application.start(Orders.class);
		ledger().bad = "m3";
		this.application.topic.send(GroupApplication.ids(8));
		this.application.container().start();
		Awaitility.await().until(() -> !this.application.events(EffectEvent.Retried.class).isEmpty());
		ledger().bad = "";
		this.application.awaitCommitted(8);
		assertThat(this.application.applied()).containsExactly(GroupApplication.ids(8));
		assertThat(this.application.parked()).isEmpty();
	}

	@Test
	void otherContentUnderAKnownIdIsSetAside() {
		this.application.start(Orders.class);
		this.application.send("a", "one");
		this.application.send("b", "two");
		this.application.send("a", "three");
		this.application.send("c", "four");
		this.application.container().start();
		this.application.awaitCommitted(4);
		assertThat(this.application.applied()).containsExactly("a", "b", "c");
		assertThat(this.application.events(EffectEvent.Collision.class)).hasSize(1);
		assertThat(this.application.parked()).singleElement()
			.satisfies((parked) -> assertThat(parked.reason().name()).isEqualTo("COLLISION"));
	}

	@Test
	void whatCannotBeReadIsSetAsideAndTheOthersAreApplied() {
		this.application.property("spring.kafka.consumer.value-deserializer", ErrorHandlingDeserializer.class.getName())
			.property("spring.kafka.consumer.properties." + ErrorHandlingDeserializer.VALUE_DESERIALIZER_CLASS,
					EvenDeserializer.class.getName())
			.start(Orders.class);
		this.application.consume("m0", "m2", "m3", "m4");
		assertThat(this.application.applied()).containsExactly("m0", "m2", "m4");
		assertThat(this.application.parked()).singleElement()
			.satisfies((parked) -> assertThat(parked.reason().name()).isEqualTo("UNREADABLE"));
		assertThat(this.application.events(EffectEvent.Delivered.class)).hasSize(4);
	}

	@Test
	void whatIsMeantForAnotherFlowIsPassedOver() {
		this.application.start(Orders.class);
		this.application.topic.send("a");
		this.application.topic.send(0, "x".getBytes(),
				Map.of("ce_id", "x", "ce_source", "/shop", Delivery.FLOW_HEADER, "other"));
		this.application.topic.send("b");
		this.application.container().start();
		this.application.awaitCommitted(3);
		assertThat(this.application.applied()).containsExactly("a", "b");
		assertThat(this.application.events(EffectEvent.Filtered.class)).hasSize(1);
		assertThat(this.application.events(EffectEvent.Delivered.class)).hasSize(2);
	}

	@Test
	void aDatabaseThatDiesInTheMiddleCostsNoAttempt() {
		this.application.start(Orders.class);
		ledger().disturbance = () -> this.application.killDatabaseSessions();
		this.application.consume(GroupApplication.ids(12));
		assertThat(this.application.applied()).containsExactly(GroupApplication.ids(12));
		assertThat(this.application.events(EffectEvent.Retried.class)).isNotEmpty()
			.allMatch(EffectEvent.Retried::infrastructure);
		assertThat(this.application.parked()).isEmpty();
	}

	@Test
	void aConsumerThatLosesItsPartitionsInTheMiddleAppliesOnce() {
		this.application.property("idempotency.inbox.wait-for", "100ms")
			.property("spring.kafka.consumer.properties.max.poll.interval.ms", "1500")
			.start(Orders.class);
		ledger().disturbance = () -> Awaitility.await()
			.atMost(GroupApplication.TIMEOUT)
			.until(this.application.topic::isAbandoned);
		this.application.consume(GroupApplication.ids(12));
		assertThat(this.application.applied()).containsExactly(GroupApplication.ids(12));
		assertThat(this.application.parked()).isEmpty();
		assertThat(this.application.events(EffectEvent.Retried.class)).isEmpty();
	}

	@Test
	void aFailureThatTheMethodSwallowsIsFoundAlone() {
		this.application.start(Swallowing.class).consume(GroupApplication.ids(6));
		assertThat(this.application.applied()).containsExactly("m0", "m1", "m2", "m4", "m5");
		assertThat(this.application.parked()).hasSize(1);
	}

	@Test
	void whatIsSentHasTheIdsOfItsOwnRecord() {
		this.application.start(Sending.class);
		ledger().bad = "m3";
		this.application.consume(GroupApplication.ids(5));
		List<String> sent = this.application.jdbc()
			.queryForList("SELECT message_id FROM idempotency_outbox_log ORDER BY id", String.class);
		assertThat(sent).containsExactly(id("m0"), id("m1"), id("m2"), id("m4"));
	}

	private static String id(String message) {
		return new EffectKey("orders", "/shop", message).messageId(0);
	}

	/**
	 * Takes one record.
	 */
	static class Orders {

		private final Ledger ledger;

		Orders(Ledger ledger) {
			this.ledger = ledger;
		}

		@KafkaListener(topics = "${test.topic}")
		@ExactlyOnceEffect(flow = "orders")
		void on(ConsumerRecord<String, String> record) {
			Delivery delivery = CurrentDelivery.get();
			CurrentEffect effect = CurrentEffect.get();
			assertThat(delivery).isNotNull();
			assertThat(effect).isNotNull();
			assertThat(delivery.position()).endsWith("@" + record.offset());
			assertThat(effect.key().id()).isEqualTo(delivery.attributes().get("id"));
			assertThat(MDC.get("idempotency.message")).isEqualTo(effect.key().id());
			this.ledger.apply(effect.key().id());
		}

	}

	/**
	 * Takes one value.
	 */
	static class Values {

		private final Ledger ledger;

		Values(Ledger ledger) {
			this.ledger = ledger;
		}

		@KafkaListener(topics = "${test.topic}")
		@ExactlyOnceEffect(flow = "orders")
		void on(String value) {
			this.ledger.apply(value);
		}

	}

	/**
	 * Swallows a failed statement, which dooms its transaction.
	 */
	static class Swallowing {

		private final Ledger ledger;

		Swallowing(Ledger ledger) {
			this.ledger = ledger;
		}

		@KafkaListener(topics = "${test.topic}")
		@ExactlyOnceEffect(flow = "orders")
		void on(String order) {
			this.ledger.apply(order);
			if (order.equals("m3")) {
				try {
					this.ledger.jdbc.execute("SELECT no_such_column FROM applied");
				}
				catch (RuntimeException ex) {
					assertThat(ex).isNotNull();
				}
			}
		}

	}

	/**
	 * Sends one message for each.
	 */
	static class Sending {

		private final Ledger ledger;

		private final Outbox outbox;

		Sending(Ledger ledger, Outbox outbox) {
			this.ledger = ledger;
			this.outbox = outbox;
		}

		@KafkaListener(topics = "${test.topic}")
		@ExactlyOnceEffect(flow = "orders")
		void on(String order) {
			this.outbox.publish(OutboxMessage.to("kafka:elsewhere").payload("sent", order));
			this.ledger.apply(order);
		}

	}

}
