// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import dev.idempotency.delivery.Delivery;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectEvent.Loss;
import dev.idempotency.flow.Semantics;
import dev.idempotency.testing.ChildProcess;
import dev.idempotency.testing.JavaProcess;
import dev.idempotency.testing.SharedKafka;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.listener.ContainerProperties.AckMode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Records that are acknowledged before they are handled, against a broker.
 */
class AtMostOnceIT {

	private static final Duration TIMEOUT = Duration.ofSeconds(40);

	private final KafkaTopic topic = new KafkaTopic(2);

	private final Set<String> failing = ConcurrentHashMap.newKeySet();

	private final List<String> handled = new CopyOnWriteArrayList<>();

	private final List<String> late = new CopyOnWriteArrayList<>();

	private final AtomicInteger calls = new AtomicInteger();

	private volatile String error = "";

	private ListenerApplication application = new ListenerApplication();

	@BeforeEach
	void prepare() {
		set(this.application);
	}

	private void set(ListenerApplication fresh) {
		this.application = fresh.consumer("bootstrap.servers", SharedKafka.bootstrapServers())
			.consumer("group.id", this.topic.group)
			.semantics(Semantics.AT_MOST_ONCE)
			.autoStartup();
	}

	@AfterEach
	void close() {
		this.application.close();
		this.topic.close();
	}

	@Test
	void offsetIsCommittedBeforeTheListenerInBatchMode() {
		offsetIsCommittedBeforeTheListener(AckMode.BATCH);
	}

	@Test
	void offsetIsCommittedBeforeTheListenerInRecordMode() {
		offsetIsCommittedBeforeTheListener(AckMode.RECORD);
	}

	private void offsetIsCommittedBeforeTheListener(AckMode mode) {
		this.topic.send("a", "b", "c");
		this.application.factory((factory) -> factory.getContainerProperties().setAckMode(mode)).start(new Telemetry());
		awaitHandled("a", "b", "c");
		assertThat(this.late).isEmpty();
		assertThat(this.application.events(EffectEvent.Handled.class)).hasSize(3);
	}

	@Test
	void recordsTheListenerFailsOnAreLostAndCountedOneByOne() {
		this.failing.addAll(Set.of("b", "d", "e"));
		this.topic.send("a", "b", "c", "d", "e", "f");
		this.application.start(new Telemetry());
		awaitHandled("a", "c", "f");
		assertThat(this.calls).hasValue(6);
		awaitLost(Loss.FAILED, 3);
		assertThat(this.application.events(EffectEvent.Delivered.class)).hasSize(6);
	}

	@Test
	void recordThatCannotBeReadIsLostAndCounted() {
		this.application.consumer("value.deserializer", IntegerDeserializer.class);
		this.topic.send(0, new byte[] { 0, 0, 0, 1 }, Map.of());
		this.topic.send(0, new byte[] { 1 }, Map.of());
		this.topic.send(0, new byte[] { 0, 0, 0, 2 }, Map.of());
		this.application.start(new Telemetry());
		awaitHandled("1", "2");
		awaitLost(Loss.FAILED, 1);
		assertThat(this.application.events(EffectEvent.Delivered.class)).hasSize(3);
	}

	@Test
	void recordOfAConsumerThatDiedIsNotRepeatedAndReportedOnce() {
		this.error = "b";
		this.topic.send(1, "x".getBytes(), Map.of("ce_id", "x", "ce_source", "/shop"));
		this.topic.send("a", "b", "c");
		this.application.start(new Telemetry());
		await().atMost(TIMEOUT).until(() -> !this.application.container("telemetry").isRunning());
		this.error = "";
		for (int restarts = 0; restarts < 2; restarts++) {
			this.application.container("telemetry").start();
			awaitHandled("x", "a", "c");
			this.application.container("telemetry").stop();
		}
		assertThat(this.calls).hasValue(4);
		awaitLost(Loss.UNFINISHED, 1);
	}

	@Test
	void recordOfAKilledProcessIsNotRepeatedAndReported() {
		this.topic.send("a", "b", "c", "d");
		ChildProcess child = JavaProcess.of(AtMostOnceProcess.class)
			.argument(SharedKafka.bootstrapServers(), this.topic.name, this.topic.group, "c")
			.start();
		await().atMost(TIMEOUT).untilAsserted(() -> assertThat(this.topic.committed(0)).isEqualTo(3));
		child.kill9();
		this.application.start(new Telemetry());
		awaitHandled("d");
		awaitLost(Loss.UNFINISHED, 1);
	}

	@Test
	void recordIsNotHandledBeforeItsCommitIsAnswered() {
		AtomicInteger refusals = new AtomicInteger(3);
		this.application.consumers((consumer) -> CommitHook.on(consumer, () -> {
			if (refusals.getAndDecrement() > 0) {
				assertThat(this.calls).hasValue(0);
				throw new RebalanceInProgressException();
			}
		}));
		this.topic.send("a", "b");
		this.application.start(new Telemetry());
		awaitHandled("a", "b");
		assertThat(this.calls).hasValue(2);
		assertThat(this.application.events(EffectEvent.Retried.class)).hasSize(3);
		assertThat(this.application.events(EffectEvent.Lost.class)).isEmpty();
	}

	@Test
	void pollOfABatchListenerIsCommittedFirstAndNeverRepeated() {
		this.failing.add("c");
		this.topic.send("a", "b");
		this.application.factory((factory) -> factory.setBatchListener(true)).start(new Batches());
		awaitHandled("a", "b");
		this.topic.send("c");
		awaitLost(Loss.FAILED, 1);
		this.topic.send("d");
		awaitHandled("a", "b", "d");
		assertThat(this.late).isEmpty();
		assertThat(this.application.events(EffectEvent.Handled.class)).hasSize(3);
		assertThat(this.application.events(EffectEvent.Delivered.class)).hasSize(4);
	}

	@Test
	void whatIsAddressedToAnotherFlowIsNotInABatch() {
		this.topic.send(0, "other".getBytes(),
				Map.of("ce_id", "other", "ce_source", "/shop", Delivery.FLOW_HEADER, "billing"));
		this.topic.send("a");
		this.application.factory((factory) -> factory.setBatchListener(true)).start(new Batches());
		awaitHandled("a");
		await().atMost(TIMEOUT)
			.untilAsserted(() -> assertThat(this.application.events(EffectEvent.Filtered.class)).hasSize(1));
		assertThat(this.handled).containsExactly("a");
		assertThat(this.application.events(EffectEvent.Handled.class)).hasSize(1);
	}

	private void awaitHandled(String... ids) {
		await().atMost(TIMEOUT).untilAsserted(() -> assertThat(this.handled).containsExactlyInAnyOrder(ids));
	}

	private void awaitLost(Loss how, long count) {
		await().atMost(TIMEOUT)
			.untilAsserted(() -> assertThat(this.application.events(EffectEvent.Lost.class))
				.allMatch((lost) -> lost.how() == how)
				.extracting(EffectEvent.Lost::count)
				.satisfies((counts) -> assertThat(counts.stream().mapToLong(Long::longValue).sum()).isEqualTo(count)));
	}

	private void handle(ConsumerRecord<String, Object> record) {
		this.calls.incrementAndGet();
		String id = String.valueOf(record.value());
		Long committed = this.topic.committed(record.partition());
		if (committed == null || committed <= record.offset()) {
			this.late.add(id);
		}
		if (id.equals(this.error)) {
			throw new AssertionError("the end of the process");
		}
		if (this.failing.contains(id)) {
			throw new IllegalStateException("no");
		}
		this.handled.add(id);
	}

	/**
	 * A listener of single records.
	 */
	public class Telemetry {

		public String getTopic() {
			return AtMostOnceIT.this.topic.name;
		}

		@KafkaListener(id = "telemetry", idIsGroup = false, topics = "#{__listener.topic}")
		public void on(ConsumerRecord<String, Object> record) {
			handle(record);
		}

	}

	/**
	 * A listener of batches.
	 */
	public class Batches {

		public String getTopic() {
			return AtMostOnceIT.this.topic.name;
		}

		@KafkaListener(id = "telemetry", idIsGroup = false, topics = "#{__listener.topic}")
		public void on(List<ConsumerRecord<String, Object>> records) {
			records.forEach(AtMostOnceIT.this::handle);
		}

	}

}
