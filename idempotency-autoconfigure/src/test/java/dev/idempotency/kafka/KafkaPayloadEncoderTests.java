// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import dev.idempotency.outbox.OutboxException;
import dev.idempotency.outbox.PayloadEncoder;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.IntegerSerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.Test;

import org.springframework.kafka.support.serializer.JacksonJsonSerializer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class KafkaPayloadEncoderTests {

	@Test
	void headersOfTheSerializerTravelWithTheMessage() {
		PayloadEncoder.Encoded encoded = encode(new JacksonJsonSerializer<>(), new Item("a"));
		assertThat(encoded.body()).asString().isEqualTo("{\"sku\":\"a\"}");
		assertThat(encoded.contentType()).isEqualTo("application/json");
		assertThat(encoded.headers()).isEqualTo(Map.of("__TypeId__", Item.class.getName()));
	}

	@Test
	void mediaTypeIsTheWantedElseTheSerializersElseBytes() {
		assertThat(new KafkaPayloadEncoder(new Described()).encode("kafka:items", 7, "text/x").contentType())
			.isEqualTo("text/x");
		PayloadEncoder.Encoded encoded = encode(new Described(), 7);
		assertThat(encoded.contentType()).isEqualTo("application/x-items");
		assertThat(encoded.headers()).containsOnlyKeys("magic");
		assertThat(encode(any(new IntegerSerializer()), 7).contentType()).isEqualTo("application/octet-stream");
		assertThat(encode(new JacksonJsonSerializer<>() {
		}, new Item("a")).contentType()).isEqualTo("application/json");
	}

	@Test
	void binaryHeaderIsSentAsItWas() {
		String text = encode(new Described(), 7).headers().get("magic");
		assertThat(text).startsWith(HeaderText.BINARY);
		assertThat(WireFormat.record(Outgoing.to("items", null, Map.of("magic", text), "7"), null)
			.headers()
			.lastHeader("magic")
			.value()).containsExactly(0, 1, 0xff);
	}

	@Test
	void bytesAndTextPassAsTheyAre() {
		assertThat(encode(new JacksonJsonSerializer<>(), "text").body()).asString().isEqualTo("text");
		assertThat(encode(new JacksonJsonSerializer<>(), new byte[] { 1, 2 }).body()).containsExactly(1, 2);
	}

	@Test
	void payloadTheSerializerDoesNotTakeIsRefused() {
		assertThatExceptionOfType(OutboxException.class)
			.isThrownBy(() -> encode(any(new IntegerSerializer()), new Item("a")))
			.withMessageContaining(Item.class.getName())
			.withMessageContaining("'kafka:items'")
			.withMessageContaining("IntegerSerializer")
			.withMessageContaining("spring.kafka.producer.value-serializer")
			.withCauseInstanceOf(ClassCastException.class);
		assertThatExceptionOfType(OutboxException.class).isThrownBy(() -> encode((topic, data) -> null, new Item("a")))
			.withMessageContaining("it wrote nothing");
	}

	private static PayloadEncoder.Encoded encode(Serializer<Object> serializer, Object payload) {
		return new KafkaPayloadEncoder(serializer).encode("kafka:items", payload, null);
	}

	@SuppressWarnings("unchecked")
	private static Serializer<Object> any(Serializer<?> serializer) {
		return (Serializer<Object>) serializer;
	}

	record Item(String sku) {
	}

	private static final class Described implements Serializer<Object> {

		@Override
		public byte[] serialize(String topic, Object data) {
			throw new UnsupportedOperationException("without headers");
		}

		@Override
		public byte[] serialize(String topic, Headers headers, Object data) {
			assertThat(topic).isEqualTo("items");
			headers.add("content-type", "application/x-items".getBytes(StandardCharsets.UTF_8));
			headers.add("magic", new byte[] { 0, 1, (byte) 0xff });
			return Arrays.toString(List.of(data).toArray()).getBytes(StandardCharsets.UTF_8);
		}

	}

}
