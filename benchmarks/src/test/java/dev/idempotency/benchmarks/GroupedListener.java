// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import dev.idempotency.effect.ExactlyOnceEffect;
import org.apache.kafka.clients.consumer.ConsumerRecord;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.annotation.KafkaListener;

/**
 * One row per record, once, many records in one transaction.
 */
class GroupedListener {

	static final String ID = "grouped";

	private final JdbcTemplate jdbc;

	GroupedListener(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
	}

	@KafkaListener(id = ID, topics = Topics.FRESH)
	@ExactlyOnceEffect(flow = "grouped-payments")
	void on(ConsumerRecord<String, String> payment) {
		this.jdbc.update(Tables.insert(Tables.of(ID)), payment.key(), payment.value());
	}

}
