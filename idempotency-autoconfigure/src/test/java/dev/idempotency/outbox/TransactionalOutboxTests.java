// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.outbox;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

import dev.idempotency.effect.CurrentEffect;
import dev.idempotency.effect.EffectKey;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class TransactionalOutboxTests {

	private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

	private final List<OutboxRecord> stored = new ArrayList<>();

	private final List<Runnable> afterCommit = new ArrayList<>();

	private final List<String> woken = new ArrayList<>();

	private final Outbox outbox = new TransactionalOutbox(new OutboxStore() {

		@Override
		public void insert(OutboxRecord message) {
			TransactionalOutboxTests.this.stored.add(message);
		}

		@Override
		public void afterCommit(Runnable callback) {
			TransactionalOutboxTests.this.afterCommit.add(callback);
		}

	}, (destination, payload, contentType) -> new PayloadEncoder.Encoded("text/plain",
			payload.toString().getBytes(StandardCharsets.UTF_8), Map.of("encoded", "yes")),
			() -> Map.of("traceparent", "00-1-2-01"), (destination, lane) -> this.woken.add(destination + lane),
			new TransactionalOutbox.Origin("shop", Set.of("kafka"), Clock.fixed(NOW, ZoneOffset.UTC)));

	@Test
	void insideAnEffectIdsDeriveFromItsIdentityAndTheOrdinal() {
		EffectKey key = new EffectKey("inventory", "orders", "42");
		List<String> first = publishTwoInside(key);
		assertThat(first).containsExactly(key.messageId(0), key.messageId(1)).doesNotHaveDuplicates();
		assertThat(publishTwoInside(key)).isEqualTo(first);
	}

	@Test
	void inABatchAMessageForNoneOfItsMessagesNeedsAnIdOfItsOwn() {
		try (CurrentEffect batch = CurrentEffect.enterBatch(List.of(new EffectKey("inventory", "orders", "42")))) {
			assertThat(this.outbox.publish(OutboxMessage.to("kafka:orders").id("own").payload("t", "x")))
				.isEqualTo("own");
			assertThatIllegalStateException().isThrownBy(() -> publish("a"));
			assertThat(this.stored).hasSize(1);
			assertThat(batch.isBatch()).isTrue();
		}
	}

	@Test
	void outsideAnEffectEveryMessageHasANewIdUnlessItBringsOne() {
		assertThat(publish("a")).isNotEqualTo(publish("a"));
		assertThat(this.outbox.publish(OutboxMessage.to("kafka:orders").id("own").payload("t", "x"))).isEqualTo("own");
	}

	@Test
	void messagesOfOneKeyShareALane() {
		publish("same");
		publish("same");
		assertThat(this.stored).extracting(OutboxRecord::lane).containsOnly(Lanes.of("same", "whatever"));
	}

	@Test
	void idsOutsideAnEffectBeginWithTheTimeAndAreRandomBehindIt() {
		UUID id = UUID.fromString(publish("key"));
		assertThat(id.version()).isEqualTo(7);
		assertThat(id.variant()).isEqualTo(2);
		assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(NOW.toEpochMilli());
		assertThat(Stream.generate(() -> publish("key")).limit(1_000)).doesNotHaveDuplicates();
	}

	@Test
	void headersOfContextEncodingAndMessageTravelTogether() {
		this.outbox.publish(OutboxMessage.to("kafka:orders").header("tenant", "a").payload("order.created", "x"));
		assertThat(this.stored).singleElement()
			.satisfies((message) -> assertThat(message.headers())
				.isEqualTo(Map.of("traceparent", "00-1-2-01", "encoded", "yes", "tenant", "a")));
		assertThat(CloudEvents.attributes(this.stored.get(0))).containsEntry("source", "shop")
			.containsEntry("type", "order.created")
			.containsEntry("specversion", "1.0")
			.containsEntry("time", "2026-01-02T03:04:05Z")
			.containsEntry("id", this.stored.get(0).id());
	}

	@Test
	void headersOfACauseAreNotTakenForItsOwn() {
		OutboxMessage.Builder message = OutboxMessage.to("kafka:orders").header("tenant", "a");
		for (String cause : List.of("ce_id", "CE_subject", "cloudEvents:id", "cloudEvents_source", "Content-Type",
				OutboxRecord.FLOW_HEADER, OutboxRecord.SIGNATURE_HEADER)) {
			message.header(cause, "of the cause");
		}
		this.outbox.publish(message.payload("order.created", "x"));
		assertThat(this.stored.get(0).headers()).containsOnlyKeys("traceparent", "encoded", "tenant");
		assertThat(this.stored.get(0).isReplay()).isFalse();
	}

	@Test
	void relayIsWokenOnlyAfterTheCommit() {
		publish("key");
		assertThat(this.woken).isEmpty();
		this.afterCommit.forEach(Runnable::run);
		assertThat(this.woken).containsExactly("kafka:orders" + Lanes.of("key", ""));
	}

	@Test
	void unknownTransportAndMalformedDestinationAreRefusedBeforeAnythingIsWritten() {
		assertThatExceptionOfType(OutboxException.class)
			.isThrownBy(() -> this.outbox.publish(OutboxMessage.to("rabbit:orders").payload("t", "x")))
			.withMessageContaining("No transport 'rabbit'")
			.withMessageContaining("known are [kafka]");
		assertThatExceptionOfType(OutboxException.class)
			.isThrownBy(() -> this.outbox.publish(OutboxMessage.to("orders").payload("t", "x")))
			.withMessageContaining("'transport:address'");
		assertThat(this.stored).isEmpty();
	}

	private List<String> publishTwoInside(EffectKey key) {
		try (CurrentEffect effect = CurrentEffect.enter(key)) {
			assertThat(effect.key()).isEqualTo(key);
			return List.of(publish("a"), publish("b"));
		}
	}

	private String publish(String key) {
		return this.outbox.publish(OutboxMessage.to("kafka:orders").key(key).payload("order.created", "x"));
	}

}
