// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The fastest thing somebody might write instead of a relay: reads pages, sends them
 * without waiting, and waits for all answers at the end. Remembers nothing and deletes
 * nothing.
 */
final class PlainDrain implements AutoCloseable {

	private static final int PAGE = 500;

	private final JdbcTemplate jdbc;

	private final Producer<String, String> producer;

	PlainDrain(JdbcTemplate jdbc, String bootstrapServers) {
		this.jdbc = jdbc;
		this.producer = new KafkaProducer<>(
				Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers, ProducerConfig.ACKS_CONFIG, "all",
						ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true"),
				new StringSerializer(), new StringSerializer());
	}

	int run() throws Exception {
		List<Future<RecordMetadata>> answers = new ArrayList<>();
		List<Payment> page = page("");
		while (!page.isEmpty()) {
			for (Payment payment : page) {
				answers.add(this.producer.send(new ProducerRecord<>(Topics.SENT, payment.id(), payment.json())));
			}
			page = page(page.get(page.size() - 1).id());
		}
		for (Future<RecordMetadata> answer : answers) {
			answer.get();
		}
		return answers.size();
	}

	private List<Payment> page(String after) {
		return this.jdbc.query("select id, body from " + Tables.BACKLOG + " where id > ? order by id limit " + PAGE,
				(row, number) -> new Payment(row.getString("id"), row.getString("body")), after);
	}

	@Override
	public void close() {
		this.producer.close();
	}

}
