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
 * One row per record, once, the way it is usually written by hand: a table of ids, asked
 * by an insert in the same transaction.
 */
class HandWrittenListener {

	static final String ID = "hand-written";

	private final JdbcTemplate jdbc;

	HandWrittenListener(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
	}

	@KafkaListener(id = ID, topics = Topics.FRESH)
	@Transactional
	@DeliverySemantics(value = Semantics.AT_LEAST_ONCE, rationale = "Compared with what the annotation does")
	void on(ConsumerRecord<String, String> payment) {
		if (this.jdbc.update(Tables.SEEN_ONCE, ID, payment.key()) == 1) {
			this.jdbc.update(Tables.insert(Tables.of(ID)), payment.key(), payment.value());
		}
	}

}
