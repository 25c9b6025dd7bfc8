// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.idempotency.delivery.Attempts;
import dev.idempotency.delivery.Delivery;
import dev.idempotency.delivery.DeliveryFailures;
import dev.idempotency.delivery.FailureClassifier.Fault;
import dev.idempotency.delivery.MemoryReplays;
import dev.idempotency.delivery.MessageIdentities;
import dev.idempotency.delivery.MessageIdentity;
import dev.idempotency.delivery.ParkedMessage;
import dev.idempotency.flow.FlowPolicy;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a flow sees of a record that was set aside and replayed.
 */
class ReplayedRecordTests {

	private static final byte[] BINARY = { 0, (byte) 0xff };

	private final KafkaDeliveries deliveries = Deliveries.describer();

	private FlowPolicy.Identity policy = new FlowPolicy.Identity("x-id", true);

	@Test
	void identityIsTheSameWhateverKindItWas() {
		assertSameIdentity(MessageIdentity.Kind.CLOUD_EVENT, Map.of("ce_id", "e1", "ce_source", "/shop"));
		assertSameIdentity(MessageIdentity.Kind.HEADER, Map.of("x-id", "h1", "ce_id", "half an event"));
		assertSameIdentity(MessageIdentity.Kind.HEADER, Map.of("x-id", "h1", "ce_source", "half an event"));
		assertSameIdentity(MessageIdentity.Kind.POSITION, Map.of("tenant", "7"));
	}

	@Test
	void identityDoesNotChangeWithTheSettings() {
		ConsumerRecord<byte[], byte[]> original = record(bytes("k"), bytes("{}"), Map.of("x-id", "h1"));
		MessageIdentity before = identity(original);
		ProducerRecord<byte[], byte[]> replay = replay(original);
		this.policy = new FlowPolicy.Identity(null, false);
		assertThat(identity(received(replay)).key("flow")).isEqualTo(before.key("flow"));
	}

	@Test
	void binaryIdentityIsTheSame() {
		ConsumerRecord<byte[], byte[]> original = record(null, bytes("{}"), Map.of());
		original.headers().add("ce_id", BINARY).add("ce_source", bytes("base64:"));
		assertThat(identity(received(replay(original)))).isEqualTo(identity(original));
	}

	@Test
	void recordIsWhatItWasButForItsAddressee() {
		ConsumerRecord<byte[], byte[]> original = record(BINARY, bytes("{\"a\":1}"),
				Map.of("ce_id", "e1", "ce_source", "/shop", "ce_type", "order.created", "ce_time",
						"2026-01-01T00:00:00Z", "ce_subject", "42", "ce_tenant", "7", "ce_specversion", "1.0",
						"Content-Type", "application/json", "text", "base64:no binary"));
		original.headers().add("binary", BINARY);
		ProducerRecord<byte[], byte[]> replay = replay(original);
		assertThat(replay.topic()).isEqualTo("orders");
		assertThat(replay.key()).isEqualTo(BINARY);
		assertThat(replay.value()).isEqualTo(original.value());
		assertThat(replay.headers().lastHeader(Delivery.FLOW_HEADER).value()).isEqualTo(bytes("flow"));
		replay.headers().remove(Delivery.FLOW_HEADER);
		assertThat(replay.headers()).containsExactlyInAnyOrderElementsOf(original.headers());
	}

	@Test
	void recordThatWasNoEventBecomesOne() {
		ProducerRecord<byte[], byte[]> replay = replay(record(null, bytes("x"), Map.of()));
		assertThat(replay.key()).isNull();
		assertThat(replay.headers()).extracting((header) -> header.key() + "=" + new String(header.value()))
			.containsExactlyInAnyOrder("ce_specversion=1.0", "ce_type=idempotency.replay", "ce_source=position:kafka",
					"ce_id=orders-0@42", "idempotency-flow=flow");
	}

	@Test
	void tombstoneIsOneAgain() {
		ProducerRecord<byte[], byte[]> replay = replay(record(bytes("k"), null, Map.of()));
		assertThat(replay.value()).isNull();
		assertThat(replay.headers().lastHeader(HeaderText.TOMBSTONE)).isNull();
		assertThat(replay(record(bytes("k"), new byte[0], Map.of())).value()).isEmpty();
	}

	private void assertSameIdentity(MessageIdentity.Kind kind, Map<String, String> headers) {
		ConsumerRecord<byte[], byte[]> original = record(bytes("k"), bytes("{}"), headers);
		MessageIdentity before = identity(original);
		assertThat(before.kind()).isEqualTo(kind);
		MessageIdentity after = identity(received(replay(original)));
		assertThat(after.kind()).isEqualTo(MessageIdentity.Kind.CLOUD_EVENT);
		assertThat(after.key("flow")).isEqualTo(before.key("flow"));
	}

	private MessageIdentity identity(ConsumerRecord<?, ?> record) {
		return MessageIdentities.of(this.deliveries.of(record, false), this.policy);
	}

	private ProducerRecord<byte[], byte[]> replay(ConsumerRecord<?, ?> record) {
		List<ParkedMessage> parked = new ArrayList<>();
		Attempts attempts = new MemoryAttempts();
		FlowPolicy.Retry retry = new FlowPolicy.Retry(1, Duration.ofMillis(1), Duration.ofMillis(1), null);
		new DeliveryFailures(
				(flow) -> new FlowPolicy(null, "", "", Duration.ofDays(1), Duration.ofSeconds(1), this.policy, retry),
				(failure) -> Fault.BUSINESS, attempts, parked::add, (event) -> {
				}, () -> 1)
			.decide("flow", this.deliveries.of(record, false), new IllegalStateException("declined"), 1);
		return WireFormat.record(MemoryReplays.replayed(parked.get(0)), null);
	}

	private static ConsumerRecord<byte[], byte[]> received(ProducerRecord<byte[], byte[]> sent) {
		ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(sent.topic(), 0, 77, sent.key(), sent.value());
		sent.headers().forEach((header) -> record.headers().add(header));
		return record;
	}

	private static ConsumerRecord<byte[], byte[]> record(byte @Nullable [] key, byte @Nullable [] value,
			Map<String, String> headers) {
		ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>("orders", 0, 42, key, value);
		headers.forEach((name, text) -> record.headers().add(name, bytes(text)));
		return record;
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
