// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;

import dev.idempotency.effect.ExactlyOnceEffect;
import org.apache.kafka.clients.consumer.ConsumerRecord;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.annotation.KafkaListener;

/**
 * One row per record, once, a whole batch in one statement and one transaction, for
 * records that are known by their number.
 */
class NumberedBatchListener {

	static final String ID = "batch-by-number";

	private final JdbcTemplate jdbc;

	NumberedBatchListener(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
	}

	@KafkaListener(id = ID, topics = Topics.NUMBERED_BATCHES, batch = "true")
	@ExactlyOnceEffect(flow = "payment-batches-by-number")
	void on(List<ConsumerRecord<String, String>> payments) {
		PlainBatchListener.insert(this.jdbc, ID, payments);
	}

}
