// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.apache.kafka.clients.producer.ProducerRecord;

import org.springframework.kafka.core.KafkaTemplate;

/**
 * Records applied and acknowledged, from the moment a listener is let go until the broker
 * accepted its last offset.
 */
final class ListenerMeasurement implements Measurement {

	private final Environment environment;

	private final int records;

	private final Listeners listeners;

	private final KafkaTemplate<String, String> kafka;

	private List<Payment> payments = List.of();

	private long sent;

	@SuppressWarnings("unchecked")
	ListenerMeasurement(Environment environment, int records) {
		this.environment = environment;
		this.records = records;
		this.listeners = new Listeners(environment);
		this.kafka = environment.bean(KafkaTemplate.class);
	}

	@Override
	public String title() {
		return "A Kafka listener that inserts one row";
	}

	@Override
	public String unit() {
		return "records";
	}

	@Override
	public int operations() {
		return this.records;
	}

	@Override
	public List<Variant> variants() {
		return List.of(
				new Variant("plain listener, `@Transactional`", this::sendFresh,
						() -> this.listeners.drain(PlainListener.ID, Topics.FRESH, this.sent)),
				new Variant("hand-written check by `insert … on conflict`", this.listeners::pause,
						() -> this.listeners.drain(HandWrittenListener.ID, Topics.FRESH, this.sent)),
				new Variant("annotated listener, fresh records", this.listeners::pause,
						() -> this.listeners.drain(AnnotatedListener.ID, Topics.FRESH, this.sent)),
				new Variant("annotated listener, duplicates only", this::sendAgain,
						() -> this.listeners.drain(AnnotatedListener.ID, Topics.REPEATED, this.sent)));
	}

	private void sendFresh() {
		this.listeners.pause();
		this.payments = Payment.some(this.records);
		this.sent += this.records;
		send(Topics.FRESH);
	}

	private void sendAgain() {
		this.listeners.pause();
		send(Topics.REPEATED);
	}

	private void send(String topic) {
		this.payments.stream()
			.map((payment) -> this.kafka.send(record(topic, payment)))
			.toList()
			.forEach((sent) -> sent.join());
	}

	private static ProducerRecord<String, String> record(String topic, Payment payment) {
		ProducerRecord<String, String> record = new ProducerRecord<>(topic, payment.id(), payment.json());
		record.headers().add("ce_id", payment.id().getBytes(StandardCharsets.UTF_8));
		record.headers().add("ce_source", "/benchmarks".getBytes(StandardCharsets.UTF_8));
		return record;
	}

	@Override
	public void verify(int rounds) {
		this.environment.expectRows(Tables.PLAIN, (long) rounds * this.records);
		this.environment.expectRows(Tables.HAND_WRITTEN, (long) rounds * this.records);
		this.environment.expectRows(Tables.ANNOTATED, (long) rounds * this.records);
		this.environment.expectRows("idempotency_inbox", (long) rounds * this.records);
	}

}
