// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.crash;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A producer that knows nothing of ids. It tries each scan until Kafka has it, and Kafka
 * keeps it once.
 */
final class Scanners implements AutoCloseable {

	private static final int SCANNERS = 5;

	private static final long PAUSE = 20;

	private final KafkaProducer<String, String> producer;

	private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();

	private final List<Future<RecordMetadata>> sent = new ArrayList<>();

	/**
	 * Starts to scan.
	 * @param bootstrapServers where Kafka is
	 */
	Scanners(String bootstrapServers) {
		this.producer = new KafkaProducer<>(
				Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
						ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE,
						ProducerConfig.MAX_BLOCK_MS_CONFIG, Integer.MAX_VALUE),
				new StringSerializer(), new StringSerializer());
		this.executor.scheduleWithFixedDelay(this::scan, 0, PAUSE, TimeUnit.MILLISECONDS);
	}

	private void scan() {
		int count = this.sent.size();
		String scanner = "scanner-" + count % SCANNERS;
		this.sent.add(this.producer.send(new ProducerRecord<>(Scans.TOPIC, scanner,
				"{\"scanner\":\"" + scanner + "\",\"number\":" + count / SCANNERS + "}")));
	}

	/**
	 * Stops scanning and waits until Kafka has everything.
	 * @return how many scans there were
	 */
	int finish() throws Exception {
		this.executor.shutdown();
		assertThat(this.executor.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
		for (Future<RecordMetadata> one : this.sent) {
			assertThat(one.get(1, TimeUnit.MINUTES).hasOffset()).isTrue();
		}
		return this.sent.size();
	}

	@Override
	public void close() {
		this.executor.shutdownNow();
		this.producer.close(Duration.ZERO);
	}

}
