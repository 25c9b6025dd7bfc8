// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.StreamSupport;

import dev.idempotency.outbox.Placement;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class WireFormatTests {

	@Test
	void aNumberTravelsInAttributes() {
		ProducerRecord<byte[], byte[]> record = WireFormat
			.record(Outgoing.to("orders", "k", Map.of(), "{}").at(Placement.of(5, "kafka:orders", 2, "x.1", 42)), 2);
		assertThat(record.partition()).isEqualTo(2);
		assertThat(headers(record)).contains("ce_stream=5/kafka:orders/2", "ce_streamepoch=x.1",
				"ce_sequence=0000000000000000042");
	}

	@Test
	void speaksCloudEventsInBinaryMode() {
		ProducerRecord<byte[], byte[]> record = WireFormat
			.record(Outgoing.to("orders", "Käse", Map.of("traceparent", "00-abc"), "{\"a\":1}"), null);
		assertThat(record.topic()).isEqualTo("orders");
		assertThat(record.partition()).isNull();
		assertThat(record.key()).isEqualTo("Käse".getBytes(StandardCharsets.UTF_8));
		assertThat(new String(record.value(), StandardCharsets.UTF_8)).isEqualTo("{\"a\":1}");
		assertThat(headers(record)).containsOnly("ce_specversion=1.0", "ce_id=id-1", "ce_source=/shop",
				"ce_type=order.created", "ce_time=2026-01-02T03:04:05.123456Z", "ce_partitionkey=Käse",
				"content-type=application/json", "traceparent=00-abc");
	}

	@Test
	void messageWithoutKeyHasNone() {
		ProducerRecord<byte[], byte[]> record = WireFormat.record(Outgoing.to("orders", null, Map.of(), "{}"), null);
		assertThat(record.key()).isNull();
		assertThat(headers(record)).noneMatch((header) -> header.startsWith("ce_partitionkey"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "plain", "base64:AAE=", "base64:no Base64", "Käse", "a\0b" })
	void keysAndHeadersThatWereReadAreSentAsTheSameBytes(String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		ProducerRecord<byte[], byte[]> record = WireFormat.record(Outgoing.to("orders", HeaderText.of(bytes),
				Map.of("tenant", HeaderText.of(bytes), "given", HeaderText.of(text)), "{}"), null);
		assertThat(record.key()).isEqualTo(bytes);
		assertThat(record.headers().lastHeader("tenant").value()).isEqualTo(bytes);
		assertThat(record.headers().lastHeader("given").value()).isEqualTo(bytes);
	}

	@Test
	void textThatOnlyBeginsLikeBytesIsSentAsText() {
		assertThat(headers(WireFormat.record(Outgoing.to("orders", null, Map.of("x", "base64:no Base64"), "{}"), null)))
			.contains("x=base64:no Base64");
	}

	private static String[] headers(ProducerRecord<byte[], byte[]> record) {
		return StreamSupport.stream(record.headers().spliterator(), false)
			.map((header) -> header.key() + "=" + new String(header.value(), StandardCharsets.UTF_8))
			.toArray(String[]::new);
	}

}
