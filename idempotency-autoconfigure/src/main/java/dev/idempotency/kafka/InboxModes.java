// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.List;
import java.util.Set;

import dev.idempotency.flow.Semantics;
import dev.idempotency.inbox.StreamKeeper;
import org.jspecify.annotations.Nullable;

/**
 * Chooses how each listener's flow knows repetitions, and lets those that know them by
 * place hear of their partitions.
 */
public final class InboxModes {

	private final @Nullable StreamKeeper keeper;

	private final @Nullable TopicIds topics;

	/**
	 * Creates the choice.
	 * @param keeper takes streams, {@code null} if the inbox does not know places
	 * @param topics tells topics apart, {@code null} if the broker cannot be asked
	 */
	public InboxModes(@Nullable StreamKeeper keeper, @Nullable TopicIds topics) {
		this.keeper = keeper;
		this.topics = topics;
	}

	/**
	 * Chooses for a listener whose container has not started.
	 * @param apart whether something else, such as retry topics or another group, takes
	 * part in its flow
	 * @return the places of its records, {@code null} for none
	 */
	@Nullable Places choose(InspectedListener listener, boolean apart, Report report, List<String> remarks) {
		if (!listener.is(Semantics.EFFECTIVELY_ONCE)) {
			return null;
		}
		StreamKeeper streams = this.keeper;
		TopicIds ids = this.topics;
		InboxChoice choice = InboxChoice.of(listener, null, Set.of());
		if (choice.byPlace()) {
			String outside = apart ? "retry topics or several groups take part in the flow" : outside(listener);
			choice = InboxChoice.of(listener, outside, (outside == null && ids != null && choice.sequences())
					? ids.compacted(listener.topics()) : Set.of());
		}
		report.add(choice.contradiction(listener));
		remarks.add(choice.remark());
		if (!choice.byPlace() || streams == null || ids == null) {
			if (streams != null) {
				streams.leave(listener.flow().name());
			}
			return null;
		}
		Places places = new Places(listener.flow().name(), choice, listener.policy().identity(), streams, ids::of);
		listener.properties()
			.setConsumerRebalanceListener(
					new PartitionRebalances(places, listener.properties().getConsumerRebalanceListener()));
		return places;
	}

	private @Nullable String outside(InspectedListener listener) {
		if (this.keeper == null || this.topics == null) {
			return (this.keeper == null) ? "inbox or parking lot are the application's own"
					: "there is no KafkaAdmin to ask for the ids of topics";
		}
		return listener.topics().isEmpty() ? null : this.topics.refusal(listener.topics());
	}

}
