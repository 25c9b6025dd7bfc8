// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import dev.idempotency.flow.DeliverySemantics;
import dev.idempotency.flow.Semantics;
import org.apache.kafka.clients.consumer.ConsumerRecord;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.transaction.annotation.Transactional;

/**
 * One row per record, in a transaction.
 */
class PlainListener {

	static final String ID = "plain";

	static final String WITHOUT_ID = "plain-without-id";

	static final String NUMBERED = "plain-numbered";

	private final JdbcTemplate jdbc;

	PlainListener(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
	}

	@KafkaListener(id = ID, topics = Topics.FRESH)
	@Transactional
	@DeliverySemantics(value = Semantics.AT_LEAST_ONCE, rationale = "What others are compared with")
	void on(ConsumerRecord<String, String> payment) {
		insert(ID, payment);
	}

	@KafkaListener(id = WITHOUT_ID, topics = Topics.OFFSETS)
	@Transactional
	@DeliverySemantics(value = Semantics.AT_LEAST_ONCE, rationale = "What others are compared with")
	void onPaymentWithoutId(ConsumerRecord<String, String> payment) {
		insert(WITHOUT_ID, payment);
	}

	@KafkaListener(id = NUMBERED, topics = Topics.NUMBERED)
	@Transactional
	@DeliverySemantics(value = Semantics.AT_LEAST_ONCE, rationale = "What others are compared with")
	void onNumberedPayment(ConsumerRecord<String, String> payment) {
		insert(NUMBERED, payment);
	}

	private void insert(String listener, ConsumerRecord<String, String> payment) {
		this.jdbc.update(Tables.insert(Tables.of(listener)), payment.key(), payment.value());
	}

}
