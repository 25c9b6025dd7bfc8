// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.sql.PreparedStatement;
import java.util.List;
import java.util.function.Function;

import dev.idempotency.flow.DeliverySemantics;
import dev.idempotency.flow.Semantics;
import org.apache.kafka.clients.consumer.ConsumerRecord;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.transaction.annotation.Transactional;

/**
 * One row per record, a whole batch in one statement and one transaction, without a
 * thought about duplicates.
 */
class PlainBatchListener {

	static final String ID = "plain-batch";

	static final String WITHOUT_ID = "plain-batch-without-id";

	static final String NUMBERED = "plain-batch-numbered";

	private final JdbcTemplate jdbc;

	PlainBatchListener(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
	}

	@KafkaListener(id = ID, topics = Topics.BATCHES, batch = "true")
	@Transactional
	@DeliverySemantics(value = Semantics.AT_LEAST_ONCE, rationale = "What others are compared with")
	void on(List<ConsumerRecord<String, String>> payments) {
		insert(this.jdbc, ID, payments);
	}

	@KafkaListener(id = WITHOUT_ID, topics = Topics.OFFSET_BATCHES, batch = "true")
	@Transactional
	@DeliverySemantics(value = Semantics.AT_LEAST_ONCE, rationale = "What others are compared with")
	void onPaymentsWithoutId(List<ConsumerRecord<String, String>> payments) {
		insert(this.jdbc, WITHOUT_ID, payments);
	}

	@KafkaListener(id = NUMBERED, topics = Topics.NUMBERED_BATCHES, batch = "true")
	@Transactional
	@DeliverySemantics(value = Semantics.AT_LEAST_ONCE, rationale = "What others are compared with")
	void onNumberedPayments(List<ConsumerRecord<String, String>> payments) {
		insert(this.jdbc, NUMBERED, payments);
	}

	static void insert(JdbcTemplate jdbc, String listener, List<ConsumerRecord<String, String>> payments) {
		jdbc.update((connection) -> {
			PreparedStatement statement = connection.prepareStatement(
					"insert into " + Tables.of(listener) + " (id, body) select * from unnest(?::varchar[], ?::text[])");
			statement.setArray(1, connection.createArrayOf("varchar", texts(payments, ConsumerRecord::key)));
			statement.setArray(2, connection.createArrayOf("text", texts(payments, ConsumerRecord::value)));
			return statement;
		});
	}

	private static Object[] texts(List<ConsumerRecord<String, String>> payments,
			Function<ConsumerRecord<String, String>, String> text) {
		return payments.stream().map(text).toArray();
	}

}
