// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.idempotency.delivery.ParkedMessage;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.flow.Semantics;
import dev.idempotency.testing.SharedKafka;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.listener.BatchListenerFailedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Records that are acknowledged after they are handled, and may be handled again.
 */
class AtLeastOnceIT {

	private static final Duration TIMEOUT = Duration.ofSeconds(40);

	private final KafkaTopic topic = new KafkaTopic(1);

	private final List<String> calls = new CopyOnWriteArrayList<>();

	private final List<ParkedMessage> parked = new CopyOnWriteArrayList<>();

	private final ListenerApplication application = new ListenerApplication();

	private volatile boolean named;

	private volatile String error = "";

	@BeforeEach
	void prepare() {
		this.application.consumer("bootstrap.servers", SharedKafka.bootstrapServers())
			.consumer("group.id", this.topic.group)
			.semantics(Semantics.AT_LEAST_ONCE)
			.store(new MemoryAttempts(), this.parked::add)
			.autoStartup();
	}

	@AfterEach
	void close() {
		this.application.close();
		this.topic.close();
	}

	@Test
	void recordTheListenerFailsOnIsRepeatedAndSetAside() {
		this.topic.send("a", "bad", "b");
		this.application.start(new Analytics());
		awaitCommitted(3);
		assertThat(this.calls).containsExactly("a", "bad", "bad", "bad", "b");
		assertThat(this.parked).singleElement().satisfies((it) -> assertThat(it.attempts()).isEqualTo(3));
		assertThat(this.application.events(EffectEvent.Retried.class)).hasSize(2);
		assertHandled(2, 0);
	}

	@Test
	void recordsThatComeAgainAreHandledAgainAndCounted() {
		this.topic.send("a", "b", "c");
		this.application.start(new Analytics());
		awaitCommitted(3);
		this.application.container("analytics").stop();
		this.topic.rewind();
		this.application.container("analytics").start();
		await().atMost(TIMEOUT).until(() -> this.calls.size() == 6);
		awaitCommitted(3);
		assertHandled(6, 3);
	}

	@Test
	void recordOfAConsumerThatDiedComesAgain() {
		this.error = "b";
		this.topic.send("a", "b", "c");
		this.application.start(new Analytics());
		await().atMost(TIMEOUT).until(() -> !this.application.container("analytics").isRunning());
		this.error = "";
		this.application.container("analytics").start();
		awaitCommitted(3);
		assertThat(this.calls).containsExactly("a", "b", "b", "c");
		assertHandled(3, 0);
	}

	@Test
	void batchThatFailsIsRepeatedOneByOne() {
		this.topic.send("a", "bad", "b");
		this.application.factory((factory) -> factory.setBatchListener(true)).start(new Batches());
		awaitCommitted(3);
		assertThat(this.parked).singleElement().satisfies((it) -> assertThat(it.attempts()).isEqualTo(3));
		assertThat(Collections.frequency(this.calls, "a")).isEqualTo(2);
		assertThat(Collections.frequency(this.calls, "bad")).isEqualTo(4);
		assertThat(this.calls).endsWith("b");
		assertHandled(2, 0);
	}

	@Test
	void batchThatNamesTheRecordAtFaultRepeatsNoOther() {
		this.named = true;
		this.topic.send("a", "bad", "b");
		this.application.factory((factory) -> factory.setBatchListener(true)).start(new Batches());
		awaitCommitted(3);
		assertThat(this.calls).containsExactly("a", "bad", "bad", "bad", "b");
		assertThat(this.parked).hasSize(1);
		assertHandled(2, 0);
	}

	private void awaitCommitted(long offset) {
		await().atMost(TIMEOUT).untilAsserted(() -> assertThat(this.topic.committed(0)).isEqualTo(offset));
	}

	private void assertHandled(int handled, int repeated) {
		assertThat(this.application.events(EffectEvent.Handled.class)).hasSize(handled)
			.filteredOn(EffectEvent.Handled::repeated)
			.hasSize(repeated);
	}

	private void handle(ConsumerRecord<String, Object> record) {
		String id = String.valueOf(record.value());
		this.calls.add(id);
		if (id.equals("bad")) {
			throw new IllegalStateException("no");
		}
		if (id.equals(this.error)) {
			throw new AssertionError("the end of the process");
		}
	}

	/**
	 * A listener of single records.
	 */
	public class Analytics {

		public String getTopic() {
			return AtLeastOnceIT.this.topic.name;
		}

		@KafkaListener(id = "analytics", idIsGroup = false, topics = "#{__listener.topic}")
		public void on(ConsumerRecord<String, Object> record) {
			handle(record);
		}

	}

	/**
	 * A listener of batches.
	 */
	public class Batches {

		public String getTopic() {
			return AtLeastOnceIT.this.topic.name;
		}

		@KafkaListener(id = "analytics", idIsGroup = false, topics = "#{__listener.topic}")
		public void on(List<ConsumerRecord<String, Object>> records) {
			for (int i = 0; i < records.size(); i++) {
				try {
					handle(records.get(i));
				}
				catch (IllegalStateException ex) {
					throw AtLeastOnceIT.this.named ? new BatchListenerFailedException("no", ex, i) : ex;
				}
			}
		}

	}

}
