// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.List;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.flow.Flow;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.flow.Semantics;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.CommonErrorHandler;

/**
 * Writes listeners as rows of the catalogue.
 */
final class FlowRows {

	private FlowRows() {
	}

	/**
	 * A row.
	 * @param listener the listener
	 * @param database names the database whose transaction is the boundary
	 * @param remarks what a reader should know besides
	 */
	static Flow of(InspectedListener listener, String database, List<String> remarks) {
		Semantics semantics = listener.semantics();
		return new Flow(listener.flow().name(), Flow.Kind.KAFKA_LISTENER, location(listener), semantics,
				mechanism(listener, semantics), boundary(listener, semantics, database),
				(semantics == Semantics.EFFECTIVELY_ONCE) ? listener.policy().retention() : null,
				first(listener.policy().owner(), listener.flow().owner()),
				first(listener.policy().rationale(), listener.flow().rationale()), remarks);
	}

	private static String location(InspectedListener listener) {
		String from = (listener.topicPattern() != null) ? listener.topicPattern().pattern()
				: String.join(", ", listener.topics());
		return listener.flow().location() + " from " + from + " (group " + listener.container().getGroupId() + ")";
	}

	private static String mechanism(InspectedListener listener, @Nullable Semantics semantics) {
		if (semantics == null) {
			return "as the container is set up";
		}
		EffectContract contract = listener.flow().contract();
		if (contract != null && listener.flow().external()) {
			return contract.mechanism() + ", then the offset (ack mode " + listener.properties().getAckMode() + ")";
		}
		return switch (semantics) {
			case EFFECTIVELY_ONCE ->
				"inbox claim, effect and outbox " + shared(listener) + ", then the offset (ack mode "
						+ listener.properties().getAckMode() + "); a redelivery meets the inbox";
			case AT_LEAST_ONCE -> "offset after the listener (ack mode " + listener.properties().getAckMode() + "); "
					+ failures(listener) + "; repetitions are counted as far as this node remembers";
			case AT_MOST_ONCE -> "offset committed and answered before the listener, "
					+ (listener.isBatch() ? "for a poll" : "for each record")
					+ "; never repeated; what did not come to an end is counted as lost";
		};
	}

	private static String failures(InspectedListener listener) {
		CommonErrorHandler handler = listener.container().getCommonErrorHandler();
		return (handler == null || handler instanceof EffectErrorHandler)
				? "failures are repeated up to " + listener.policy().retry().maxAttempts() + " times, then set aside"
				: "failures are up to the application's " + handler.getClass().getSimpleName();
	}

	private static String shared(InspectedListener listener) {
		FlowPolicy.Group group = listener.policy().group();
		if (listener.isBatch()) {
			return "of a poll in one transaction, in smaller ones around a record that fails";
		}
		return (group != null) ? "of up to " + group.maxRecords() + " records in one transaction"
				: "in one transaction";
	}

	private static String boundary(InspectedListener listener, @Nullable Semantics semantics, String database) {
		if (semantics == Semantics.AT_MOST_ONCE) {
			return "the listener, as long as the broker keeps the offsets it confirmed and nobody sets them back";
		}
		EffectContract contract = listener.flow().contract();
		if (contract != null && listener.flow().external()) {
			return contract.boundary();
		}
		return (semantics != Semantics.EFFECTIVELY_ONCE) ? "the listener"
				: "one database transaction of " + database + " and the redelivery of Kafka";
	}

	private static String first(String configured, String written) {
		return !configured.isBlank() ? configured : written;
	}

}
