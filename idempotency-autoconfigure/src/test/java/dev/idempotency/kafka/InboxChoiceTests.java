// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.Map;
import java.util.Set;

import dev.idempotency.delivery.ListenerFlow;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.flow.InboxMode;
import dev.idempotency.flow.Semantics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.MessageListener;

import static org.assertj.core.api.Assertions.assertThat;

class InboxChoiceTests {

	private final ListenerApplication application = new ListenerApplication();

	@AfterEach
	void close() {
		this.application.close();
	}

	@Test
	void byItselfAListenerKnowsRepetitionsByBothPlaces() {
		InboxChoice choice = InboxChoice.of(listener(InboxMode.AUTO), null, Set.of());
		assertThat(choice).isEqualTo(new InboxChoice(true, true, ""));
		assertThat(choice.remark())
			.isEqualTo("inbox: sequence mode for numbered messages, offset mode for messages without id, "
					+ "id mode for others");
		assertThat(choice.contradiction(listener(InboxMode.AUTO))).isNull();
	}

	@Test
	void aModeThatIsSetExcludesTheOthers() {
		assertThat(InboxChoice.of(listener(InboxMode.OFFSET), null, Set.of()))
			.isEqualTo(new InboxChoice(true, false, ""));
		assertThat(InboxChoice.of(listener(InboxMode.SEQUENCE), null, Set.of()))
			.isEqualTo(new InboxChoice(false, true, ""));
		assertThat(InboxChoice.of(listener(InboxMode.ID), null, Set.of()).remark())
			.isEqualTo("inbox: id mode, because it is configured");
	}

	@Test
	void aGapInACompactedTopicSaysNothing() {
		InboxChoice compacted = InboxChoice.of(listener(InboxMode.AUTO), null, Set.of("orders-topic"));
		assertThat(compacted.sequences()).isFalse();
		assertThat(compacted.offsets()).isTrue();
		assertThat(compacted.remark()).contains("because topics [orders-topic] are compacted");
	}

	@Test
	void aGapSaysNothingWhereRecordsAreFiltered() {
		this.application.factory((factory) -> factory.setRecordFilterStrategy((record) -> false));
		InboxChoice filtered = InboxChoice.of(listener(InboxMode.AUTO), null, Set.of());
		assertThat(filtered.sequences()).isFalse();
		assertThat(filtered.reason()).contains("RecordFilterStrategy");
	}

	@Test
	void whatIsDemandedAndCannotBeHadIsAContradiction() {
		InspectedListener listener = listener(InboxMode.SEQUENCE);
		assertThat(InboxChoice.of(listener, null, Set.of("orders-topic")).contradiction(listener)).isNotNull()
			.hasToString("Kafka listener 'orders' (test): found inbox mode SEQUENCE, but topics [orders-topic] are "
					+ "compacted, so that a gap says nothing, needed a listener whose records have places in one order. "
					+ "Set idempotency.flows.orders.inbox=auto, or remove the obstacle");
	}

	@Test
	void aKeyExpressionOrAnObstacleOutsideMeansIdMode() {
		InspectedListener listener = listener(InboxMode.AUTO);
		InspectedListener keyed = new InspectedListener("orders", listener.container(), flow(true), listener.policy());
		assertThat(InboxChoice.of(keyed, null, Set.of()).remark())
			.isEqualTo("inbox: id mode, because a key expression says what a repetition is");
		assertThat(InboxChoice.of(listener, "the broker is old", Set.of()).remark())
			.isEqualTo("inbox: id mode, because the broker is old");
	}

	@Test
	void anEffectBehindAListenerWithoutAnnotationHasNoPlace() {
		ContainerProperties properties = new ContainerProperties("orders-topic");
		properties.setMessageListener((MessageListener<Object, Object>) (record) -> {
		});
		InspectedListener annotated = listener(InboxMode.AUTO);
		InspectedListener plain = new InspectedListener("orders",
				new ConcurrentMessageListenerContainer<>(new DefaultKafkaConsumerFactory<>(Map.of()), properties),
				annotated.flow(), annotated.policy());
		assertThat(InboxChoice.of(plain, null, Set.of()).remark())
			.isEqualTo("inbox: id mode, because its method has no listener annotation");
	}

	@Test
	void withoutAnInboxThatKnowsPlacesTheCatalogueSaysSo() {
		this.application.start(new VerifiedListeners.Orders());
		assertThat(this.application.flow("orders").remarks())
			.contains("inbox: id mode, because inbox or parking lot are the application's own");
	}

	private InspectedListener listener(InboxMode mode) {
		if (!this.application.context.isActive()) {
			this.application.start(new VerifiedListeners.Orders());
		}
		FlowPolicy policy = ListenerApplication.policy(null, new FlowPolicy.Identity(null, true));
		return new InspectedListener("orders", this.application.container("orders"), flow(false),
				withInbox(policy, mode));
	}

	private static FlowPolicy withInbox(FlowPolicy policy, InboxMode mode) {
		return new FlowPolicy(policy.semantics(), policy.owner(), policy.rationale(), policy.retention(),
				policy.waitFor(), policy.identity(), policy.retry(), mode, null);
	}

	private static ListenerFlow flow(boolean keyed) {
		return new ListenerFlow("orders", true, keyed, Semantics.EFFECTIVELY_ONCE, "", "", "test");
	}

}
