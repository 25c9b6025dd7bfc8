// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.LongStream;

import dev.idempotency.delivery.DeliveryFailures;
import dev.idempotency.delivery.FailureClassifier.Fault;
import dev.idempotency.delivery.ParkedMessage;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.flow.FlowPolicy;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.RecordDeserializationException.DeserializationExceptionOrigin;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.ListenerContainerPauseService;
import org.springframework.kafka.listener.ListenerExecutionFailedException;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.kafka.support.serializer.DeserializationException;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;

class EffectErrorHandlerTests {

	private static final TopicPartition ZERO = new TopicPartition("orders", 0);

	private static final TopicPartition ONE = new TopicPartition("orders", 1);

	private final List<EffectEvent> events = new ArrayList<>();

	private final List<ParkedMessage> parked = new ArrayList<>();

	private final MockConsumer<String, String> consumer = new MockConsumer<>("earliest") {

		@Override
		public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
			if (EffectErrorHandlerTests.this.commitFails != null) {
				throw EffectErrorHandlerTests.this.commitFails.get();
			}
			super.commitSync(offsets, timeout);
		}

	};

	private final MessageListenerContainer container = mock();

	private Fault fault = Fault.BUSINESS;

	private @Nullable RuntimeException parkingFails;

	private @Nullable Supplier<KafkaException> commitFails;

	private Runnable deciding = () -> {
	};

	private final EffectErrorHandler handler = handler();

	@BeforeEach
	void assign() {
		this.consumer.assign(List.of(ZERO, ONE));
		this.consumer.updateBeginningOffsets(Map.of(ZERO, 0L, ONE, 0L));
		this.consumer.seek(ZERO, 50);
		this.consumer.seek(ONE, 50);
		given(this.container.isRunning()).willReturn(true);
	}

	@Test
	void goesBackToARecordThatIsTriedAgain() {
		assertThatThrownBy(() -> handle(new IllegalStateException("business"), 40, 41)).hasMessageContaining("retry");
		assertThat(this.consumer.position(ZERO)).isEqualTo(40);
		assertThat(this.consumer.position(ONE)).isEqualTo(10);
		then(this.container).should().pausePartition(ZERO);
		then(this.container).should(never()).pausePartition(ONE);
	}

	@Test
	void goesOnAfterARecordThatIsSetAside() {
		this.fault = Fault.COLLISION;
		handle(new IllegalStateException("collision"), 40, 41);
		assertThat(this.consumer.position(ZERO)).isEqualTo(41);
		assertThat(this.consumer.position(ONE)).isEqualTo(10);
		assertThat(this.parked).singleElement()
			.satisfies((message) -> assertThat(message.position()).isEqualTo("orders-0@40"));
		assertThat(this.handler.isAckAfterHandle()).isTrue();
	}

	@ParameterizedTest
	@MethodSource("commitsOfLostPartitions")
	void offsetOfAPartitionThatIsGoneSetsNothingAside(KafkaException failure) {
		this.fault = Fault.COLLISION;
		assertThatThrownBy(() -> handle(failure, 40, 41)).hasMessageContaining("retry");
		assertThat(this.consumer.position(ZERO)).isEqualTo(40);
		assertThat(this.parked).isEmpty();
		then(this.container).should(never()).pausePartition(any());
	}

	static List<KafkaException> commitsOfLostPartitions() {
		return List.of(new CommitFailedException(), new RebalanceInProgressException());
	}

	@ParameterizedTest
	@MethodSource("refusedCommits")
	void offsetThatMayNotBeCommittedSetsNothingAsideAndIsTriedAgainInAWhile(KafkaException failure) {
		this.fault = Fault.COLLISION;
		assertThatThrownBy(() -> handle(failure, 40, 41)).hasMessageContaining("retry");
		assertThat(this.consumer.position(ZERO)).isEqualTo(40);
		assertThat(this.parked).isEmpty();
		then(this.container).should().pausePartition(ZERO);
	}

	static List<KafkaException> refusedCommits() {
		return List.of(new GroupAuthorizationException("shop"), new FencedInstanceIdException("fenced"),
				new KafkaException("unexpected"));
	}

	@Test
	void whatTheListenerThrewOfKafkaIsCountedAsItsFailure() {
		this.fault = Fault.COLLISION;
		Exception wrapped = new ListenerExecutionFailedException("Listener failed",
				new TopicAuthorizationException("replies"));
		handle(wrapped, 40, 41);
		assertThat(this.parked).hasSize(1);
		RecordDeserializationException unreadable = new RecordDeserializationException(
				DeserializationExceptionOrigin.VALUE, ZERO, 40, 0, TimestampType.CREATE_TIME, null, null,
				new RecordHeaders(), "no", null);
		handle(unreadable, 41);
		assertThat(this.parked).hasSize(2);
	}

	@Test
	void whatCannotBeSetAsideIsNotSkipped() {
		this.fault = Fault.UNREADABLE;
		this.parkingFails = new IllegalStateException("database");
		assertThatThrownBy(() -> handle(new IllegalStateException("unreadable"), 40)).hasMessageContaining("retry");
		assertThat(this.consumer.position(ZERO)).isEqualTo(40);
	}

	@Test
	void deliveriesNobodyCouldReadAreCountedLikeTheOthers() {
		this.fault = Fault.UNREADABLE;
		this.parkingFails = new IllegalStateException("database");
		DeserializationException unreadable = new DeserializationException("no", new byte[] { 1 }, false,
				new IllegalStateException());
		assertThatThrownBy(() -> handle(unreadable, 40)).hasMessageContaining("retry");
		this.parkingFails = null;
		handle(unreadable, 40);
		assertThat(this.events).filteredOn(EffectEvent.Delivered.class::isInstance)
			.containsExactly(new EffectEvent.Delivered("orders", false), new EffectEvent.Delivered("orders", true));
		assertThat(this.events).filteredOn(EffectEvent.Parked.class::isInstance).hasSize(1);
	}

	@Test
	void stoppingContainerIsNotPaused() {
		given(this.container.isRunning()).willReturn(false);
		assertThatThrownBy(() -> handle(new IllegalStateException("business"), 40)).hasMessageContaining("retry");
		then(this.container).should(never()).pausePartition(any());
	}

	@Test
	void partitionsThatWereTakenAwayAreLeftAlone() {
		this.consumer.assign(List.of(ONE));
		this.consumer.seek(ONE, 50);
		assertThatThrownBy(() -> handle(new CommitFailedException(), 40)).hasMessageContaining("retry");
		assertThat(this.consumer.position(ONE)).isEqualTo(10);
	}

	@Test
	void failuresOutsideOfTheListenerAreToldNotHidden() {
		IllegalArgumentException cause = new IllegalArgumentException("poll");
		assertThatIllegalStateException()
			.isThrownBy(() -> this.handler.handleOtherException(cause, this.consumer, this.container, false))
			.withCause(cause)
			.withMessageContaining("flow orders");
	}

	@Test
	void aBatchOfWhichNothingIsKnownComesAgain() {
		assertThatThrownBy(() -> handleBatch(new IllegalStateException("somewhere"))).hasMessageContaining("again");
		assertThat(this.consumer.position(ZERO)).isEqualTo(40);
		assertThat(this.consumer.committed(Set.of(ZERO)).get(ZERO)).isNull();
		assertThat(this.events).isEmpty();
		then(this.container).should().pausePartition(ZERO);
	}

	@Test
	void whatABatchHasAppliedIsAcknowledgedAndTheRestComesAgain() {
		assertThatThrownBy(() -> handleBatch(unapplied(42))).hasMessageContaining("again");
		assertThat(this.consumer.committed(Set.of(ZERO)).get(ZERO).offset()).isEqualTo(42);
		assertThat(this.consumer.position(ZERO)).isEqualTo(42);
		assertThat(this.consumer.position(ONE)).isEqualTo(10);
		then(this.container).should().pausePartition(ZERO);
		then(this.container).should(never()).pausePartition(ONE);
	}

	@Test
	void aRecordOfABatchThatIsSetAsideIsAcknowledgedAndTheRestComesAgain() {
		this.fault = Fault.COLLISION;
		assertThatThrownBy(() -> handleBatch(unapplied(41))).hasMessageContaining("again");
		assertThat(this.consumer.committed(Set.of(ZERO)).get(ZERO).offset()).isEqualTo(42);
		assertThat(this.consumer.position(ZERO)).isEqualTo(42);
		assertThat(this.parked).singleElement()
			.satisfies((message) -> assertThat(message.position()).isEqualTo("orders-0@41"));
	}

	@Test
	void aBatchWhoseLastRecordIsSetAsideIsDone() {
		this.fault = Fault.COLLISION;
		handleBatch(UnappliedRecordException.of(new ConsumerRecord<>("orders", 1, 10, "k", "v"),
				new IllegalStateException("collision")));
		assertThat(this.consumer.committed(Set.of(ZERO, ONE)).values()).extracting(OffsetAndMetadata::offset)
			.containsExactlyInAnyOrder(43L, 11L);
	}

	@ParameterizedTest
	@MethodSource("commitFailures")
	void offsetsThatCannotBeCommittedLeadToNoRecordBeingSkipped(Supplier<KafkaException> failure) {
		this.commitFails = failure;
		assertThatThrownBy(() -> handleBatch(unapplied(42))).hasMessageContaining("again");
		assertThat(this.consumer.position(ZERO)).isEqualTo(42);
		assertThat(this.consumer.position(ONE)).isEqualTo(10);
		then(this.container).should().pausePartition(ZERO);
		assertThat(Thread.interrupted()).isEqualTo(failure.get() instanceof InterruptException);
	}

	static List<Supplier<KafkaException>> commitFailures() {
		return List.of(RebalanceInProgressException::new, WakeupException::new, CommitFailedException::new,
				() -> new FencedInstanceIdException("fenced"), () -> new InterruptException("stopping"));
	}

	@Test
	void whatTheDecisionThrowsLeadsToNoRecordBeingSkipped() {
		this.deciding = () -> {
			throw new WakeupException();
		};
		assertThatThrownBy(() -> handleBatch(unapplied(41))).isInstanceOf(WakeupException.class);
		assertThat(this.consumer.position(ZERO)).isEqualTo(41);
		assertThat(this.consumer.position(ONE)).isEqualTo(10);
	}

	private static UnappliedRecordException unapplied(long offset) {
		return UnappliedRecordException.of(Deliveries.record(offset, "k", "v", Map.of()),
				new IllegalStateException("business"));
	}

	private void handleBatch(Exception failure) {
		given(this.container.getContainerProperties()).willReturn(properties());
		List<ConsumerRecord<String, String>> records = LongStream.range(40, 43)
			.mapToObj((offset) -> Deliveries.record(offset, "k", "v", Map.of("ce_id", "id" + offset, "ce_source", "/")))
			.toList();
		Map<TopicPartition, List<ConsumerRecord<String, String>>> poll = new LinkedHashMap<>();
		poll.put(ZERO, records);
		poll.put(ONE, List.of(new ConsumerRecord<>("orders", 1, 10, "k", "v")));
		this.handler.handleBatch(new ListenerExecutionFailedException("Listener failed", failure),
				new ConsumerRecords<>(poll, Map.of()), this.consumer, this.container, () -> {
				});
	}

	private static ContainerProperties properties() {
		ContainerProperties properties = new ContainerProperties("orders");
		properties.setSyncCommitTimeout(Duration.ofSeconds(1));
		return properties;
	}

	@Test
	void acknowledgingWhatIsSetAsideCannotBeSwitchedOff() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.handler.setAckAfterHandle(false));
	}

	private void handle(Exception failure, long... offsets) {
		List<ConsumerRecord<?, ?>> records = new ArrayList<>();
		for (long offset : offsets) {
			records.add(Deliveries.record(offset, "k", "v", Map.of("ce_id", "id-" + offset, "ce_source", "/")));
		}
		records.add(new ConsumerRecord<>("orders", 1, 10, "k", "v"));
		Exception thrown = (failure instanceof KafkaException) ? failure
				: new ListenerExecutionFailedException("Listener failed", failure);
		this.handler.handleRemaining(thrown, records, this.consumer, this.container);
	}

	private EffectErrorHandler handler() {
		FlowPolicy policy = ListenerApplication.policy(null, new FlowPolicy.Identity(null, true));
		DeliveryFailures decisions = new DeliveryFailures((flow) -> policy, (failure) -> {
			this.deciding.run();
			return this.fault;
		}, new MemoryAttempts(), (message) -> {
			if (this.parkingFails != null) {
				throw this.parkingFails;
			}
			this.parked.add(message);
		}, this.events::add, () -> 1.0);
		FlowBinding binding = new FlowBinding("orders", this.events::add,
				new HandlingTime("orders", Duration.ofMinutes(5), Clock.systemUTC()), new Failures(), null);
		return new EffectErrorHandler(binding, decisions, Deliveries.describer(),
				new ListenerContainerPauseService(null, new SimpleAsyncTaskScheduler()));
	}

}
