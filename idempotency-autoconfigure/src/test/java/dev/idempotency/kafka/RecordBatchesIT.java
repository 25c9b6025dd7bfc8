// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import dev.idempotency.effect.CurrentEffect;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.kafka.GroupApplication.Ledger;
import dev.idempotency.outbox.Outbox;
import dev.idempotency.outbox.OutboxMessage;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Bean;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.listener.BatchListenerFailedException;
import org.springframework.kafka.support.KafkaHeaders;
import org.springframework.kafka.support.converter.RecordMessageConverter;
import org.springframework.kafka.support.converter.StringJacksonJsonMessageConverter;
import org.springframework.kafka.support.serializer.ErrorHandlingDeserializer;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.Header;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Listeners that take the records of a poll.
 */
class RecordBatchesIT {

	private final GroupApplication application = new GroupApplication();

	@AfterEach
	void close() {
		this.application.close();
	}

	private Ledger ledger() {
		return this.application.bean(Ledger.class);
	}

	@Test
	void aPollIsAppliedInOneTransactionAndOnlyOnce() {
		this.application.start(Payloads.class).consume(GroupApplication.ids(100));
		assertThat(this.application.applied()).containsExactly(GroupApplication.ids(100));
		int calls = ledger().calls.size();
		assertThat(this.application.transactions()).isEqualTo(calls);
		this.application.consumeAgain(100);
		assertThat(this.application.applied()).hasSize(100);
		assertThat(ledger().calls).as("nothing was left to call for").hasSize(calls);
		assertThat(this.application.events(EffectEvent.Completed.class)).hasSize(100);
		assertThat(this.application.events(EffectEvent.Duplicate.class)).hasSize(100);
		assertThat(this.application.events(EffectEvent.Delivered.class)).hasSize(200);
	}

	@Test
	void payloadsAndHeadersOfWhatIsLeftBelongTogether() {
		this.application.start(Payloads.class).consume("a", "b", "a", "c", "b", "d");
		List<String> called = ledger().calls.stream().flatMap(List::stream).toList();
		assertThat(called).containsExactly("a", "b", "c", "d");
		assertThat(this.application.applied()).containsExactly("a", "b", "c", "d");
		assertThat(ledger().seen).containsExactly("a@0", "b@1", "c@3", "d@5");
		assertThat(this.application.events(EffectEvent.Duplicate.class)).hasSize(2);
	}

	@Test
	void everyFormOfABatchLosesWhatWasApplied() {
		for (Class<?> form : List.of(Messages.class, Records.class, Polls.class)) {
			try (GroupApplication other = new GroupApplication()) {
				other.start(form).consume("a", "b", "a", "c");
				assertThat(other.applied()).as(form.getSimpleName()).containsExactly("a", "b", "c");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 5, 11 })
	void aBadRecordIsFoundByHalvesAndTheOthersAreApplied(int position) {
		aBadRecordIsSetAside(Payloads.class, position);
		assertThat(ledger().calls).hasSizeLessThan(40);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 5, 11 })
	void aBadRecordThatTheApplicationNamesIsSetAside(int position) {
		aBadRecordIsSetAside(Naming.class, position);
		assertThat(ledger().calls).hasSizeLessThanOrEqualTo(8);
	}

	private void aBadRecordIsSetAside(Class<?> listener, int position) {
		String[] ids = GroupApplication.ids(12);
		this.application.start(listener);
		ledger().bad = ids[position];
		this.application.consume(ids);
		assertThat(this.application.applied())
			.containsExactlyElementsOf(Arrays.stream(ids).filter((id) -> !id.equals(ids[position])).toList());
		assertThat(this.application.parked()).singleElement()
			.satisfies((parked) -> assertThat(parked.attempts()).isEqualTo(3));
		assertThat(this.application.events(EffectEvent.Completed.class)).hasSize(11);
		assertThat(this.application.events(EffectEvent.Delivered.class)).as("the bad one three times").hasSize(14);
		assertThat(this.application.events(EffectEvent.Retried.class)).hasSize(2);
	}

	@Test
	void otherContentUnderAKnownIdIsSetAside() {
		this.application.start(Payloads.class);
		this.application.send("a", "one");
		this.application.send("b", "two");
		this.application.send("a", "three");
		this.application.container().start();
		this.application.awaitCommitted(3);
		assertThat(this.application.applied()).containsExactly("one", "two");
		assertThat(this.application.events(EffectEvent.Collision.class)).hasSize(1);
		assertThat(this.application.parked()).hasSize(1);
	}

	@Test
	void whatCannotBeReadIsSetAside() {
		this.application.property("spring.kafka.consumer.value-deserializer", ErrorHandlingDeserializer.class.getName())
			.property("spring.kafka.consumer.properties." + ErrorHandlingDeserializer.VALUE_DESERIALIZER_CLASS,
					EvenDeserializer.class.getName())
			.start(Payloads.class)
			.consume("m0", "m3", "m4");
		assertThat(this.application.applied()).containsExactly("m0", "m4");
		assertUnreadable();
	}

	@Test
	void whatCannotBeConvertedIsSetAside() {
		this.application.start(Numbers.class).consume("0", "1", "two", "3");
		assertThat(this.application.applied()).containsExactly("0", "1", "3");
		assertUnreadable();
	}

	private void assertUnreadable() {
		assertThat(this.application.parked()).singleElement()
			.satisfies((parked) -> assertThat(parked.reason().name()).isEqualTo("UNREADABLE"));
	}

	@Test
	void aDatabaseThatDiesInTheMiddleCostsNoAttempt() {
		this.application.start(Payloads.class);
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
			.start(Payloads.class);
		ledger().disturbance = () -> Awaitility.await()
			.atMost(GroupApplication.TIMEOUT)
			.until(this.application.topic::isAbandoned);
		this.application.consume(GroupApplication.ids(12));
		assertThat(this.application.applied()).containsExactly(GroupApplication.ids(12));
		assertThat(this.application.parked()).isEmpty();
	}

	@Test
	void whatIsSentForAMessageKeepsItsIdHoweverTheBatchIsCut() {
		this.application.start(Sending.class);
		ledger().bad = "m2";
		this.application.consume(GroupApplication.ids(4));
		List<String> sent = this.application.jdbc()
			.queryForList("SELECT message_id FROM idempotency_outbox_log", String.class);
		assertThat(sent).containsExactlyInAnyOrderElementsOf(IntStream.of(0, 1, 3)
			.boxed()
			.flatMap((i) -> IntStream.range(0, 2).mapToObj((ordinal) -> id("m" + i, ordinal)))
			.toList());
	}

	@Test
	void whatIsSentForNoMessageIsRefused() {
		this.application.start(SendingForNone.class).consume("a");
		assertThat(this.application.applied()).isEmpty();
		assertThat(this.application.parked()).singleElement()
			.satisfies((parked) -> assertThat(parked.cause()).contains("CurrentEffect.ofMessage"));
	}

	private static String id(String message, int ordinal) {
		return new EffectKey("orders", "/shop", message).messageId(ordinal);
	}

	/**
	 * Takes payloads, and headers beside them.
	 */
	static class Payloads {

		private final Ledger ledger;

		Payloads(Ledger ledger) {
			this.ledger = ledger;
		}

		@KafkaListener(topics = "${test.topic}", batch = "true")
		@ExactlyOnceEffect(flow = "orders")
		void on(List<String> orders, @Header(KafkaHeaders.OFFSET) List<Long> offsets, Consumer<?, ?> consumer) {
			assertThat(offsets).hasSameSizeAs(orders);
			assertThat(consumer).isNotNull();
			this.ledger.calls.add(orders);
			for (int i = 0; i < orders.size(); i++) {
				this.ledger.apply(orders.get(i));
				this.ledger.seen.add(orders.get(i) + "@" + offsets.get(i));
			}
		}

	}

	/**
	 * Takes messages.
	 */
	static class Messages {

		private final Ledger ledger;

		Messages(Ledger ledger) {
			this.ledger = ledger;
		}

		@KafkaListener(topics = "${test.topic}", batch = "true")
		@ExactlyOnceEffect(flow = "orders")
		void on(List<Message<?>> orders) {
			orders.forEach((order) -> this.ledger.apply((String) order.getPayload()));
		}

	}

	/**
	 * Takes records.
	 */
	static class Records {

		private final Ledger ledger;

		Records(Ledger ledger) {
			this.ledger = ledger;
		}

		@KafkaListener(topics = "${test.topic}", batch = "true")
		@ExactlyOnceEffect(flow = "orders")
		void on(List<ConsumerRecord<String, String>> orders) {
			orders.forEach((order) -> this.ledger.apply(order.value()));
		}

	}

	/**
	 * Takes what a poll returns.
	 */
	static class Polls {

		private final Ledger ledger;

		Polls(Ledger ledger) {
			this.ledger = ledger;
		}

		@KafkaListener(topics = "${test.topic}", batch = "true")
		@ExactlyOnceEffect(flow = "orders")
		void on(ConsumerRecords<String, String> orders) {
			orders.forEach((order) -> this.ledger.apply(order.value()));
		}

	}

	/**
	 * Names the record at fault.
	 */
	static class Naming {

		private final Ledger ledger;

		Naming(Ledger ledger) {
			this.ledger = ledger;
		}

		@KafkaListener(topics = "${test.topic}", batch = "true")
		@ExactlyOnceEffect(flow = "orders")
		void on(List<String> orders) {
			this.ledger.calls.add(orders);
			for (int i = 0; i < orders.size(); i++) {
				try {
					this.ledger.apply(orders.get(i));
				}
				catch (IllegalArgumentException ex) {
					throw new BatchListenerFailedException("this one", ex, i);
				}
			}
		}

	}

	/**
	 * Takes numbers, which are converted from text.
	 */
	static class Numbers {

		@Bean
		static RecordMessageConverter converter() {
			return new StringJacksonJsonMessageConverter();
		}

		private final Ledger ledger;

		Numbers(Ledger ledger) {
			this.ledger = ledger;
		}

		@KafkaListener(topics = "${test.topic}", batch = "true")
		@ExactlyOnceEffect(flow = "orders")
		void on(List<Integer> numbers) {
			numbers.forEach((number) -> this.ledger.apply(number.toString()));
		}

	}

	/**
	 * Sends two messages for each.
	 */
	static class Sending {

		private final Ledger ledger;

		private final Outbox outbox;

		Sending(Ledger ledger, Outbox outbox) {
			this.ledger = ledger;
			this.outbox = outbox;
		}

		@KafkaListener(topics = "${test.topic}", batch = "true")
		@ExactlyOnceEffect(flow = "orders")
		void on(List<String> orders) {
			for (int round = 0; round < 2; round++) {
				for (int i = 0; i < orders.size(); i++) {
					try (CurrentEffect effect = CurrentEffect.ofMessage(i)) {
						assertThat(effect.key().id()).isEqualTo(orders.get(i));
						this.outbox.publish(OutboxMessage.to("kafka:elsewhere").payload("sent", orders.get(i)));
					}
				}
			}
			orders.forEach(this.ledger::apply);
		}

	}

	/**
	 * Sends without saying for which message.
	 */
	static class SendingForNone {

		private final Outbox outbox;

		SendingForNone(Outbox outbox) {
			this.outbox = outbox;
		}

		@KafkaListener(topics = "${test.topic}", batch = "true")
		@ExactlyOnceEffect(flow = "orders")
		void on(List<String> orders) {
			this.outbox.publish(OutboxMessage.to("kafka:elsewhere").id("mine").payload("sent", "all"));
			this.outbox.publish(OutboxMessage.to("kafka:elsewhere").payload("sent", "all"));
		}

	}

}
