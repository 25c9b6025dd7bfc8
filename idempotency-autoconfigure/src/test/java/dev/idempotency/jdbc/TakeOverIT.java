// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.outbox.OutboxStore;
import dev.idempotency.relay.RelaySettings;
import dev.idempotency.testing.ChildProcess;
import dev.idempotency.testing.JavaProcess;
import dev.idempotency.testing.SharedKafka;
import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.TestDatabase;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Two processes that share an outbox, until one of them is killed.
 */
@Tag("soak")
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TakeOverIT extends AbstractStoreContract {

	private static final Logger logger = LoggerFactory.getLogger(TakeOverIT.class);

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final Duration LEASE = RelaySettings.defaults().leaseTtl();

	/** What a loaded machine may need beyond the lease. */
	private static final Duration GRACE = Duration.ofSeconds(10);

	private final String topic = SharedKafka.newTopic("take-over", 3);

	private final List<String> arrived = new ArrayList<>();

	private TestDatabase server;

	private KafkaConsumer<String, String> consumer;

	@Override
	TestDatabase open() {
		this.server = SharedPostgres.open();
		return this.server;
	}

	@Override
	OutboxStore outboxStore() {
		return new JdbcOutboxStore(this.database.dataSource(), this.database.dialect(), true);
	}

	@Test
	void everythingArrivesOnceAndWhatAKilledProcessHadIsTakenOverWhenItsLeaseIsOver() {
		try (ChildProcess one = relay("one");
				ChildProcess two = relay("two");
				KafkaConsumer<String, String> opened = consumer()) {
			this.consumer = opened;
			await().atMost(PATIENCE)
				.until(() -> lanesOf("one") + lanesOf("two") == 64 && lanesOf("one") > 0 && lanesOf("two") > 0);
			for (int first = 0; first < 1000; first += 50) {
				write(first, first + 50);
				poll();
			}
			awaitArrival(1000);
			assertThat(this.arrived).doesNotHaveDuplicates();

			one.kill9();
			long killed = System.nanoTime();
			write(1000, 1200);
			awaitArrival(1200);
			Duration takeOver = Duration.ofNanos(System.nanoTime() - killed);
			logger.info("Taken over {} after the kill, with a lease of {}", takeOver, LEASE);
			assertThat(takeOver).isLessThan(LEASE.plus(GRACE));
			assertThat(this.arrived).doesNotHaveDuplicates();
			assertThat(two.isAlive()).isTrue();
			assertThat(lanesOf("two")).isEqualTo(64);
		}
	}

	private ChildProcess relay(String node) {
		return JavaProcess.of(RelayProcess.class)
			.argument(this.server.jdbcUrl(), this.server.username(), this.server.password(),
					SharedKafka.bootstrapServers(), node)
			.start();
	}

	private KafkaConsumer<String, String> consumer() {
		KafkaConsumer<String, String> opened = new KafkaConsumer<>(
				Map.of("bootstrap.servers", SharedKafka.bootstrapServers(), "auto.offset.reset", "earliest"),
				new StringDeserializer(), new StringDeserializer());
		opened.assign(opened.partitionsFor(this.topic)
			.stream()
			.map((part) -> new TopicPartition(this.topic, part.partition()))
			.toList());
		return opened;
	}

	private int lanesOf(String node) {
		Integer lanes = this.database.jdbc()
			.queryForObject("SELECT count(*) FROM idempotency_lane WHERE owner = ? AND lease_until > now()",
					Integer.class, node);
		return (lanes != null) ? lanes : 0;
	}

	private void write(int first, int end) {
		insert(IntStream.range(first, end)
			.mapToObj((number) -> message("kafka:" + this.topic, "k" + number % 200, "m" + number))
			.toArray(OutboxRecord[]::new));
	}

	private void awaitArrival(int messages) {
		await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> {
			poll();
			return this.arrived.size() >= messages;
		});
	}

	private void poll() {
		this.consumer.poll(Duration.ofMillis(10))
			.forEach((record) -> this.arrived
				.add(new String(record.headers().lastHeader("ce_id").value(), StandardCharsets.UTF_8)));
	}

}
