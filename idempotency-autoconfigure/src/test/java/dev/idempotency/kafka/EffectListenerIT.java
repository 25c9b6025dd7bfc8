// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import dev.idempotency.delivery.CurrentDelivery;
import dev.idempotency.delivery.Delivery;
import dev.idempotency.delivery.ParkedMessage;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.testing.FaultyDataSource;
import dev.idempotency.testing.JdbcEvent;
import dev.idempotency.testing.JdbcFault;
import dev.idempotency.testing.MemoryH2;
import dev.idempotency.testing.SharedKafka;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.ContainerProperties.AckMode;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.support.serializer.ErrorHandlingDeserializer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class EffectListenerIT {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private final MemoryH2 database = MemoryH2.open();

	private final FaultyDataSource faulty = new FaultyDataSource(this.database.dataSource());

	private final EffectStore store = new EffectStore(this.faulty);

	private final KafkaTopic topic = new KafkaTopic(2);

	private final ListenerApplication application = new ListenerApplication();

	private final Orders orders = new Orders();

	@BeforeEach
	void prepare() {
		this.application.consumer("bootstrap.servers", SharedKafka.bootstrapServers())
			.consumer("group.id", this.topic.group)
			.store(this.store, this.store)
			.autoStartup();
	}

	@AfterEach
	void close() {
		this.application.close();
		this.topic.close();
		this.database.close();
	}

	@Test
	void effectIsAppliedOnceWhenItsRecordsComeAgain() {
		this.topic.send("a", "b", "c");
		this.application.start(this.orders);
		awaitEffects("a", "b", "c");
		awaitCommitted(3);

		this.application.container("orders").stop();
		this.topic.rewind();
		this.application.container("orders").start();
		await().atMost(TIMEOUT).until(() -> this.orders.calls.get() == 6);
		awaitCommitted(3);
		assertThat(this.store.effects()).containsExactly("a", "b", "c");
		assertThat(this.application.events(EffectEvent.Delivered.class)).hasSize(6);
	}

	@Test
	void databaseThatIsAwayUsesUpNoAttemptAndLosesNothing() {
		this.faulty.before(JdbcEvent.statement("insert into effect.*"), JdbcFault.connectionLost().times(15));
		this.topic.send("a", "b");
		this.application.start(this.orders);
		awaitEffects("a", "b");
		awaitCommitted(2);
		assertThat(this.application.events(EffectEvent.Retried.class)).hasSize(15)
			.allMatch(EffectEvent.Retried::infrastructure);
		assertThat(this.application.events(EffectEvent.Delivered.class)).filteredOn(EffectEvent.Delivered::redelivered)
			.hasSize(15);
		assertThat(this.store.parked()).isEmpty();
	}

	@Test
	void attemptsOfBusinessCodeOutliveTheContainer() {
		FlowPolicy slow = new FlowPolicy(null, "", "", Duration.ofDays(30), Duration.ofSeconds(5),
				new FlowPolicy.Identity(null, false),
				new FlowPolicy.Retry(3, Duration.ofSeconds(1), Duration.ofSeconds(1), null));
		this.orders.failing = "bad";
		this.topic.send("bad", "good");
		this.application.policy(slow).start(this.orders);
		await().atMost(TIMEOUT).until(() -> this.store.attempts("bad") == 1);
		this.application.container("orders").stop();
		assertThat(this.topic.committed(0)).isIn(null, 0L);
		this.application.container("orders").start();

		awaitEffects("good");
		awaitCommitted(2);
		assertThat(this.store.parked()).singleElement().satisfies((parked) -> {
			assertThat(parked.reason()).isEqualTo("ATTEMPTS_EXHAUSTED");
			assertThat(parked.attempts()).isEqualTo(3);
			assertThat(parked.body()).isEqualTo("bad".getBytes(StandardCharsets.UTF_8));
		});
		assertThat(this.orders.calls).hasValue(4);
		assertThat(this.store.attempts("bad")).isZero();
	}

	@Test
	void poisonThatTheConsumerCannotReadIsSetAsideAsItCame() {
		this.application.consumer("value.deserializer", IntegerDeserializer.class);
		poison();
	}

	@Test
	void poisonThatTheErrorHandlingDeserializerCaughtIsSetAsideAsItCame() {
		this.application.consumer("value.deserializer", ErrorHandlingDeserializer.class)
			.consumer(ErrorHandlingDeserializer.VALUE_DESERIALIZER_CLASS, IntegerDeserializer.class);
		poison();
	}

	private void poison() {
		this.topic.send(0, number(1), Map.of());
		this.topic.send(0, "poison!".getBytes(StandardCharsets.UTF_8), Map.of("ce_id", "p"));
		this.topic.send(0, number(2), Map.of());
		this.application.start(this.orders);
		awaitEffects("1", "2");
		awaitCommitted(3);
		assertUnreadable("poison!");
	}

	@Test
	void poisonAtTheEndOfATopicLeavesNoLag() {
		this.application.consumer("value.deserializer", IntegerDeserializer.class);
		this.topic.send(0, "poison!".getBytes(StandardCharsets.UTF_8), Map.of());
		this.application.start(this.orders);
		awaitCommitted(1);
		assertUnreadable("poison!");
	}

	@Test
	void payloadThatCannotBeConvertedIsSetAsideAsItCame() {
		this.topic.send("7", "seven", "8");
		this.application.start(new Numbers());
		awaitEffects("7", "8");
		awaitCommitted(3);
		assertUnreadable("seven");
	}

	private void assertUnreadable(String body) {
		assertThat(this.store.parked()).singleElement().satisfies((parked) -> {
			assertThat(parked.reason()).isEqualTo(ParkedMessage.Reason.UNREADABLE.name());
			assertThat(new String(parked.body(), StandardCharsets.UTF_8)).isEqualTo(body);
		});
	}

	@Test
	void whatCannotBeSetAsideIsNotSkipped() {
		this.application.consumer("value.deserializer", IntegerDeserializer.class);
		this.faulty.before(JdbcEvent.statement("merge into parked.*"), JdbcFault.connectionLost().times(4));
		this.topic.send(0, "poison!".getBytes(StandardCharsets.UTF_8), Map.of());
		this.topic.send(0, number(2), Map.of());
		this.application.start(this.orders);
		awaitEffects("2");
		awaitCommitted(2);
		assertUnreadable("poison!");
		assertThat(this.application.events(EffectEvent.Retried.class)).hasSize(4);
	}

	@Test
	void failingPartitionDoesNotHoldUpTheOthers() {
		this.orders.failing = "bad";
		FlowPolicy patient = new FlowPolicy(null, "", "", Duration.ofDays(30), Duration.ofSeconds(5),
				new FlowPolicy.Identity(null, false),
				new FlowPolicy.Retry(5, Duration.ofMinutes(10), Duration.ofMinutes(10), null));
		this.topic.send("bad");
		this.application.policy(patient).start(this.orders);
		await().atMost(TIMEOUT).until(() -> this.store.attempts("bad") == 1);
		this.topic.send(1, "other".getBytes(StandardCharsets.UTF_8), Map.of("ce_id", "other", "ce_source", "/shop"));
		awaitEffects("other");
		assertThat(this.topic.committed(0)).isIn(null, 0L);
		assertThat(this.orders.calls).hasValue(2);
	}

	@Test
	void offsetsFollowTheDatabaseInBatchMode() {
		offsetsFollowTheDatabase(AckMode.BATCH);
	}

	@Test
	void offsetsFollowTheDatabaseInRecordMode() {
		offsetsFollowTheDatabase(AckMode.RECORD);
	}

	private void offsetsFollowTheDatabase(AckMode mode) {
		List<String> early = new CopyOnWriteArrayList<>();
		AtomicInteger commits = new AtomicInteger();
		this.faulty.before(JdbcEvent.commit(2), JdbcFault.connectionLost());
		this.faulty.before(JdbcEvent.commit(4), JdbcFault.connectionLost());
		this.application.factory((factory) -> factory.getContainerProperties().setAckMode(mode))
			.consumers((consumer) -> onCommit(consumer, (offset) -> {
				commits.incrementAndGet();
				int settled = this.store.settled();
				if (offset > settled) {
					early.add("offset " + offset + " with " + settled + " settled");
				}
			}));
		this.topic.send("a", "b", "c", "d");
		this.application.start(this.orders);
		awaitEffects("a", "b", "c", "d");
		awaitCommitted(4);
		assertThat(commits).hasPositiveValue();
		assertThat(early).isEmpty();
	}

	@Test
	void consumerThatWasTooSlowAppliesOnceAndSetsNothingAside() {
		FlowPolicy quick = new FlowPolicy(null, "", "", Duration.ofDays(30), Duration.ofMillis(100),
				new FlowPolicy.Identity(null, false),
				new FlowPolicy.Retry(1, Duration.ofMillis(10), Duration.ofMillis(10), null));
		this.orders.waiting = () -> await().atMost(TIMEOUT).until(this.topic::isAbandoned);
		this.application.policy(quick)
			.consumer("max.poll.interval.ms", "1500")
			.factory((factory) -> factory.getContainerProperties().setAckMode(AckMode.RECORD));
		this.topic.send("a", "b");
		this.application.start(this.orders);
		awaitEffects("a", "b");
		awaitCommitted(2);
		assertThat(this.orders.calls).hasValueGreaterThan(2);
		assertThat(this.store.parked()).isEmpty();
		assertThat(this.application.events(EffectEvent.Retried.class)).isEmpty();
	}

	@Test
	void messageForAnotherFlowIsPassedOver() {
		this.topic.send(0, "x".getBytes(StandardCharsets.UTF_8),
				Map.of("ce_id", "x", "ce_source", "/shop", Delivery.FLOW_HEADER, "other"));
		this.topic.send(0, "y".getBytes(StandardCharsets.UTF_8),
				Map.of("ce_id", "y", "ce_source", "/shop", Delivery.FLOW_HEADER, "orders"));
		this.application.start(this.orders);
		awaitEffects("y");
		awaitCommitted(2);
		assertThat(this.application.events(EffectEvent.Filtered.class)).hasSize(1);
		assertThat(this.application.events(EffectEvent.Delivered.class)).hasSize(1);
	}

	@Test
	void errorStopsTheContainerAndTheRecordComesAgain() {
		this.orders.error = "a";
		this.topic.send("a", "b");
		this.application.start(this.orders);
		await().atMost(TIMEOUT).until(() -> !this.application.container("orders").isRunning());
		assertThat(this.store.effects()).isEmpty();
		assertThat(this.topic.committed(0)).isIn(null, 0L);
		this.orders.error = "";
		this.application.container("orders").start();
		awaitEffects("a", "b");
	}

	@Test
	void containerMadeAfterTheStartConsumesNothing() {
		this.topic.send("a");
		this.application.start(new Object());
		ContainerProperties properties = new ContainerProperties(this.topic.name);
		properties.setMessageListener((MessageListener<Object, Object>) (record) -> this.store.apply("a", () -> {
		}));
		properties.setConsumerStartTimeout(Duration.ofSeconds(2));
		ConcurrentMessageListenerContainer<Object, Object> late = this.application.lateContainer(properties);
		late.start();
		try {
			await().during(Duration.ofSeconds(3)).atMost(TIMEOUT).until(() -> this.store.effects().isEmpty());
			assertThat(this.topic.committed(0)).isNull();
		}
		finally {
			late.stop();
		}
	}

	@Test
	void tombstonesAreDelivered() {
		this.topic.send(0, null, Map.of("ce_id", "gone", "ce_source", "/shop"));
		this.application.start(this.orders);
		awaitEffects("gone");
	}

	private void awaitEffects(String... ids) {
		await().atMost(TIMEOUT).untilAsserted(() -> assertThat(this.store.effects()).containsExactly(ids));
	}

	private void awaitCommitted(long offset) {
		await().atMost(TIMEOUT).untilAsserted(() -> assertThat(this.topic.committed(0)).isEqualTo(offset));
	}

	private static byte[] number(int value) {
		return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
	}

	@SuppressWarnings("unchecked")
	private static <K, V> org.apache.kafka.clients.consumer.Consumer<K, V> onCommit(
			org.apache.kafka.clients.consumer.Consumer<K, V> target, Consumer<Long> listener) {
		return (org.apache.kafka.clients.consumer.Consumer<K, V>) Proxy.newProxyInstance(
				EffectListenerIT.class.getClassLoader(),
				new Class<?>[] { org.apache.kafka.clients.consumer.Consumer.class }, (proxy, method, arguments) -> {
					if (method.getName().startsWith("commit") && arguments != null
							&& arguments[0] instanceof Map<?, ?> offsets) {
						offsets.values().forEach((offset) -> listener.accept(((OffsetAndMetadata) offset).offset()));
					}
					try {
						return method.invoke(target, arguments);
					}
					catch (InvocationTargetException ex) {
						throw ex.getTargetException();
					}
				});
	}

	/**
	 * The listener under test.
	 */
	public class Orders {

		final AtomicInteger calls = new AtomicInteger();

		volatile String failing = "";

		volatile String error = "";

		volatile Runnable waiting = () -> {
		};

		public String getTopic() {
			return EffectListenerIT.this.topic.name;
		}

		@KafkaListener(id = "orders", idIsGroup = false, topics = "#{__listener.topic}")
		public void on(ConsumerRecord<String, Object> record) {
			this.calls.incrementAndGet();
			Delivery delivery = CurrentDelivery.get();
			String id = delivery.attributes().getOrDefault("id", String.valueOf(record.value()));
			Runnable wait = this.waiting;
			this.waiting = () -> {
			};
			EffectListenerIT.this.store.apply(id, () -> {
				wait.run();
				if (id.equals(this.failing)) {
					throw new IllegalArgumentException("business says no");
				}
				if (id.equals(this.error)) {
					throw new AssertionError("error");
				}
			});
		}

	}

	/**
	 * A listener whose argument must be converted.
	 */
	public class Numbers {

		public String getTopic() {
			return EffectListenerIT.this.topic.name;
		}

		@KafkaListener(id = "numbers", idIsGroup = false, topics = "#{__listener.topic}")
		public void on(Integer number) {
			EffectListenerIT.this.store.apply(number.toString(), () -> {
			});
		}

	}

}
