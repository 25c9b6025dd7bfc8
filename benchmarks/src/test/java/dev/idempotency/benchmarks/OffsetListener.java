// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import dev.idempotency.effect.ExactlyOnceEffect;
import org.apache.kafka.clients.consumer.ConsumerRecord;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.annotation.KafkaListener;

/**
 * One row per record, once, for records that are known by their offset.
 */
class OffsetListener {

	static final String ID = "by-offset";

	private final JdbcTemplate jdbc;

	OffsetListener(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
	}

	@KafkaListener(id = ID, topics = Topics.OFFSETS)
	@ExactlyOnceEffect(flow = "payments-by-offset")
	void on(ConsumerRecord<String, String> payment) {
		this.jdbc.update(Tables.insert(Tables.of(ID)), payment.key(), payment.value());
	}

}
