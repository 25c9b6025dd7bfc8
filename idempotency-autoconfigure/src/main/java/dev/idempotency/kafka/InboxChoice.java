// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.InboxMode;
import dev.idempotency.flow.Semantics;
import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.kafka.annotation.KafkaHandler;
import org.springframework.kafka.annotation.KafkaListener;

/**
 * How a listener's flow knows repetitions, and why.
 *
 * @param offsets whether records without identity are known by their offsets
 * @param sequences whether numbered messages are known by their numbers
 * @param reason why not by all of them, empty if nothing stands in the way
 */
record InboxChoice(boolean offsets, boolean sequences, String reason) {

	private static final List<Obstacle> ALWAYS = List.of(
			new Obstacle((it) -> it.policy().inbox() == InboxMode.ID, "it is configured"),
			new Obstacle((it) -> !it.flow().effect(), "the listener has no effect annotation"),
			new Obstacle((it) -> it.flow().external(), "an external effect has a claim of its own"),
			new Obstacle((it) -> it.policy().identity().signedBy() != null, "ids must be signed, and places are not"),
			new Obstacle((it) -> it.flow().keyed(), "a key expression says what a repetition is"),
			new Obstacle((it) -> it.properties().getTopicPartitions() != null, "its partitions are assigned by hand"),
			new Obstacle(InboxChoice::severalMethods, "several methods share the listener"),
			new Obstacle(InboxChoice::unannotated, "its method has no listener annotation"));

	/**
	 * Chooses for a listener.
	 * @param listener the listener
	 * @param outside what the listener does not know of itself, {@code null} if nothing
	 * stands in the way
	 * @param compacted those of its topics that are compacted
	 */
	static InboxChoice of(InspectedListener listener, @Nullable String outside, Set<String> compacted) {
		for (Obstacle obstacle : ALWAYS) {
			if (obstacle.stands().test(listener)) {
				return new InboxChoice(false, false, obstacle.reason());
			}
		}
		if (outside != null) {
			return new InboxChoice(false, false, outside);
		}
		InboxMode mode = listener.policy().inbox();
		String noOffsets = listener.mayUsePosition() ? null : "places are no identity here";
		String noSequences = noSequences(listener, compacted);
		return new InboxChoice(mode != InboxMode.SEQUENCE && noOffsets == null,
				mode != InboxMode.OFFSET && noSequences == null, (mode == InboxMode.OFFSET) ? or(noOffsets)
						: (mode == InboxMode.SEQUENCE || noSequences != null) ? or(noSequences) : or(noOffsets));
	}

	private static @Nullable String noSequences(InspectedListener listener, Set<String> compacted) {
		if (ListenerRemarks.filters(listener.messageListener())) {
			return "a RecordFilterStrategy hides records, so that a gap says nothing";
		}
		if (!compacted.isEmpty()) {
			return "topics " + compacted + " are compacted, so that a gap says nothing";
		}
		return (listener.topicPattern() != null) ? "topics by pattern may be compacted" : null;
	}

	private static String or(@Nullable String reason) {
		return (reason != null) ? reason : "";
	}

	private static boolean severalMethods(InspectedListener listener) {
		Object target = listener.messageListener();
		return target == null || ListenerMethods.of(target).size() != 1;
	}

	/**
	 * An effect further in takes its identity from the message, and no place.
	 */
	private static boolean unannotated(InspectedListener listener) {
		return ListenerMethods.of(Objects.requireNonNull(listener.messageListener()))
			.stream()
			.map((each) -> MergedAnnotations.from(each.method(), SearchStrategy.TYPE_HIERARCHY))
			.noneMatch((on) -> on.isPresent(KafkaListener.class) || on.isPresent(KafkaHandler.class));
	}

	boolean byPlace() {
		return this.offsets || this.sequences;
	}

	/**
	 * What the configuration demands and cannot be had.
	 */
	@Nullable Contradiction contradiction(InspectedListener listener) {
		InboxMode demanded = listener.policy().inbox();
		boolean kept = (demanded == InboxMode.OFFSET) ? this.offsets : demanded != InboxMode.SEQUENCE || this.sequences;
		return (kept || !listener.is(Semantics.EFFECTIVELY_ONCE)) ? null
				: new Contradiction(listener.where(), "inbox mode " + demanded + ", but " + this.reason,
						"a listener whose records have places in one order",
						"Set idempotency.flows." + listener.flow().name() + ".inbox=auto, or remove the obstacle");
	}

	/**
	 * For the catalogue.
	 */
	String remark() {
		StringBuilder remark = new StringBuilder("inbox: ");
		if (this.sequences) {
			remark.append("sequence mode for numbered messages, ");
		}
		if (this.offsets) {
			remark.append("offset mode for messages without id, ");
		}
		remark.append(byPlace() ? "id mode for others" : "id mode");
		return this.reason.isEmpty() ? remark.toString() : remark.append(", because ").append(this.reason).toString();
	}

	private record Obstacle(Predicate<InspectedListener> stands, String reason) {
	}

}
