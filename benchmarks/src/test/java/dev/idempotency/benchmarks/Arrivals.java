// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads the end of a topic of one partition and notes when each key arrives.
 */
final class Arrivals implements AutoCloseable {

	private final Map<String, Long> departures = new ConcurrentHashMap<>();

	private final BlockingQueue<Double> latencies = new LinkedBlockingQueue<>();

	private final KafkaConsumer<String, String> consumer;

	private final Thread thread;

	private volatile boolean closed;

	Arrivals(String bootstrapServers, String topic) {
		this.consumer = new KafkaConsumer<>(Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
				new StringDeserializer(), new StringDeserializer());
		TopicPartition partition = new TopicPartition(topic, 0);
		this.consumer.assign(List.of(partition));
		this.consumer.seekToEnd(List.of(partition));
		this.consumer.position(partition);
		this.thread = new Thread(this::read, "arrivals");
		this.thread.start();
	}

	/**
	 * The moment from which the message's time counts.
	 */
	void departed(String key) {
		this.departures.put(key, System.nanoTime());
	}

	private void read() {
		while (!this.closed) {
			for (ConsumerRecord<String, String> record : this.consumer.poll(Duration.ofMillis(100))) {
				long now = System.nanoTime();
				Long departure = this.departures.remove(record.key());
				if (departure != null) {
					this.latencies.add((now - departure) / (double) TimeUnit.MILLISECONDS.toNanos(1));
				}
			}
		}
		this.consumer.close();
	}

	/**
	 * Waits for arrivals.
	 * @return the time each of them took, in milliseconds
	 */
	Series await(int messages, Duration timeout) throws InterruptedException, TimeoutException {
		List<Double> arrived = new ArrayList<>();
		while (arrived.size() < messages) {
			Double latency = this.latencies.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
			if (latency == null) {
				throw new TimeoutException(arrived.size() + " of " + messages + " messages arrived");
			}
			arrived.add(latency);
		}
		return new Series(arrived);
	}

	@Override
	public void close() throws InterruptedException {
		this.closed = true;
		this.thread.join();
	}

}
