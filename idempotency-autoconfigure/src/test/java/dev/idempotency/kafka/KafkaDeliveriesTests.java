// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

import dev.idempotency.delivery.Delivery;
import dev.idempotency.outbox.OutboxException;
import dev.idempotency.outbox.PayloadEncoder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.RecordDeserializationException.DeserializationExceptionOrigin;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.LongSerializer;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.support.serializer.DeserializationException;

import static org.assertj.core.api.Assertions.assertThat;

class KafkaDeliveriesTests {

	private static final PayloadEncoder REFUSING = (destination, payload, type) -> {
		throw new OutboxException("not " + payload);
	};

	private final KafkaDeliveries deliveries = Deliveries.describer();

	@Test
	void describesARecord() {
		ConsumerRecord<String, String> record = Deliveries.record(42, "k", "text",
				Map.of("ce_id", "id-1", "ce_source", "/shop", "tenant", "7"));
		Delivery delivery = this.deliveries.of(record, false);
		assertThat(delivery.transport()).isEqualTo("kafka");
		assertThat(delivery.channel()).isEqualTo("orders");
		assertThat(delivery.position()).isEqualTo("orders-0@42");
		assertThat(delivery.positionIsIdentity()).isTrue();
		assertThat(delivery.messageId()).isNull();
		assertThat(delivery.key()).isEqualTo("k");
		assertThat(delivery.headers()).containsEntry("ce_id", "id-1").containsEntry("tenant", "7");
		assertThat(delivery.attributes()).isEqualTo(Map.of("id", "id-1", "source", "/shop"));
		assertThat(delivery.content()).isEqualTo("text");
		assertThat(delivery.original().get().body()).isEqualTo("text".getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void bodyIsWhatCameWhereItIsStillThere() {
		byte[] bytes = { 0, 1, (byte) 0xff };
		assertThat(body(bytes)).isEqualTo(bytes);
		assertThat(body(Bytes.wrap(bytes))).isEqualTo(bytes);
		assertThat(body(ByteBuffer.wrap(bytes))).isEqualTo(bytes);
		assertThat(body(null)).isEmpty();
	}

	@Test
	void bodyOfAnObjectIsEncodedForItsTopic() {
		assertThat(new String(body(7), StandardCharsets.UTF_8)).isEqualTo("kafka:orders 7");
	}

	@Test
	void whatTheEncoderAddsIsKeptBesideTheBody() {
		KafkaDeliveries typed = new KafkaDeliveries((destination, payload, type) -> new PayloadEncoder.Encoded("x",
				new byte[] { 1 }, Map.of("type", "item")), REFUSING, ApplicationSerializers.none());
		Delivery.Original original = typed.of(Deliveries.record(1, "k", 7, Map.of()), false).original().get();
		assertThat(original.headers()).isEqualTo(Map.of("type", "item"));
		assertThat(original.key()).isNull();
	}

	@Test
	void valueOfATopicThatIsOnlyReadIsWrittenOtherwise() {
		KafkaDeliveries reading = new KafkaDeliveries(REFUSING,
				(destination, payload, type) -> new PayloadEncoder.Encoded("x", new byte[] { 2 }),
				ApplicationSerializers.none());
		assertThat(reading.of(Deliveries.record(1, "k", 7, Map.of()), false).original().get().body())
			.containsExactly(2);
	}

	@Test
	void keyIsSetAsideAsTheApplicationWritesIt() {
		KafkaDeliveries numbered = new KafkaDeliveries(REFUSING, REFUSING, ApplicationSerializers
			.of(new DefaultKafkaProducerFactory<>(Map.of("key.serializer", LongSerializer.class))));
		Delivery delivery = numbered.of(Deliveries.record(1, 42L, "v", Map.of()), false);
		assertThat(delivery.key()).isEqualTo("42");
		assertThat(delivery.original().get().key()).isEqualTo("base64:AAAAAAAAACo=");
		assertThat(numbered.of(Deliveries.record(1, 42, "v", Map.of()), false).original().get().key()).isNull();
		assertThat(numbered.of(Deliveries.record(1, Bytes.wrap(new byte[] { 9, 0 }), "v", Map.of()), false).key())
			.isEqualTo("base64:CQA=");
	}

	@ParameterizedTest
	@ValueSource(strings = { "retry_topic-attempts", "retry_topic-original-timestamp", "kafka_dlt-original-offset",
			"kafka_original-offset" })
	void positionOfACopyIsNoIdentity(String header) {
		Delivery delivery = this.deliveries.of(Deliveries.record(42, "k", "v", Map.of(header, "1")), false);
		assertThat(delivery.positionIsIdentity()).isFalse();
	}

	@Test
	void bytesThatAreNoTextAreStillText() {
		ConsumerRecord<byte[], String> record = Deliveries.record(1, new byte[] { 0, 0, 0, 7 }, "v", Map.of());
		record.headers().add("number", new byte[] { 0, 0, 0, 1 });
		record.headers().add("broken", new byte[] { (byte) 0xc3, 0x28 });
		record.headers().add("nothing", null);
		record.headers().add("twice", "1".getBytes(StandardCharsets.UTF_8));
		record.headers().add("twice", "2".getBytes(StandardCharsets.UTF_8));
		Delivery delivery = this.deliveries.of(record, false);
		assertThat(delivery.key()).isEqualTo("base64:AAAABw==");
		assertThat(delivery.headers()).isEqualTo(Map.of("number", "base64:AAAAAQ==", "broken",
				"base64:" + Base64.getEncoder().encodeToString(new byte[] { (byte) 0xc3, 0x28 }), "twice", "2"));
	}

	@Test
	void unreadableValueIsParkedAsItCame() {
		byte[] raw = { 1, 2, 3 };
		Delivery delivery = this.deliveries.unreadable(
				Deliveries.record(42, "k", null, Map.of("springDeserializerExceptionValue", "java", "ce_id", "x")),
				new DeserializationException("no", raw, false, new IllegalStateException()), false);
		assertThat(delivery.original().get().body()).isEqualTo(raw);
		assertThat(delivery.key()).isEqualTo("k");
		assertThat(delivery.headers()).isEqualTo(Map.of("ce_id", "x"));
	}

	@Test
	void unreadableKeyIsParkedBesideItsValue() {
		Delivery delivery = this.deliveries.unreadable(Deliveries.record(42, null, "v", Map.of()),
				new DeserializationException("no", new byte[] { 9, 0 }, true, new IllegalStateException()), true);
		assertThat(delivery.redelivered()).isTrue();
		assertThat(delivery.key()).isEqualTo("base64:CQA=");
		assertThat(delivery.original().get().body()).isEqualTo("v".getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void recordTheConsumerCannotReadKeepsItsBuffers() {
		ByteBuffer value = ByteBuffer.wrap("--raw".getBytes(StandardCharsets.UTF_8)).position(2).slice();
		RecordHeaders headers = new RecordHeaders();
		headers.add("ce_id", "id-1".getBytes(StandardCharsets.UTF_8));
		Delivery delivery = this.deliveries
			.unreadable(failure(ByteBuffer.wrap("k".getBytes(StandardCharsets.UTF_8)), value, headers), false);
		assertThat(delivery.position()).isEqualTo("orders-1@7");
		assertThat(delivery.key()).isEqualTo("k");
		assertThat(delivery.original().get().body()).isEqualTo("raw".getBytes(StandardCharsets.UTF_8));
		assertThat(delivery.attributes()).containsEntry("id", "id-1");
		assertThat(value.remaining()).isEqualTo(3);
	}

	@Test
	void recordTheConsumerCannotReadMayHaveNothing() {
		Delivery delivery = this.deliveries.unreadable(failure(null, null, null), false);
		assertThat(delivery.key()).isNull();
		assertThat(delivery.original().get().body()).isEmpty();
		assertThat(delivery.headers()).isEmpty();
	}

	private static RecordDeserializationException failure(@Nullable ByteBuffer key, @Nullable ByteBuffer value,
			@Nullable RecordHeaders headers) {
		return new RecordDeserializationException(DeserializationExceptionOrigin.VALUE, new TopicPartition("orders", 1),
				7, 0, TimestampType.CREATE_TIME, key, value, headers, "no", null);
	}

	private byte[] body(@Nullable Object value) {
		return this.deliveries.of(Deliveries.record(1, "k", value, Map.of()), false).original().get().body();
	}

}
