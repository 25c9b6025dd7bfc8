// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import dev.idempotency.delivery.ListenerFlow;
import dev.idempotency.effect.EffectContract;
import dev.idempotency.flow.Flow;
import dev.idempotency.flow.FlowMode;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.flow.Semantics;

import org.jspecify.annotations.Nullable;

import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;

/**
 * Describes a listener for the catalogue.
 */
final class CatalogueRow {

	private CatalogueRow() {
	}

	static Flow of(InspectedListener listener, Collection<Queue> declared, RabbitListeners listeners) {
		ListenerFlow flow = listener.flow();
		FlowPolicy policy = listener.policy();
		boolean once = listener.is(Semantics.EFFECTIVELY_ONCE);
		return new Flow(flow.name(), Flow.Kind.RABBIT_LISTENER, flow.location(), listener.semantics(),
				mechanism(listener), boundary(listener), once ? policy.retention() : null,
				either(policy.owner(), flow.owner()), either(policy.rationale(), flow.rationale()),
				remarks(listener, declared, once ? listeners : null));
	}

	private static String mechanism(InspectedListener listener) {
		AbstractMessageListenerContainer container = listener.known();
		String acknowledged = (container != null) ? "acknowledge mode " + container.getAcknowledgeMode()
				: listener.container().getClass().getSimpleName();
		if (listener.is(Semantics.AT_MOST_ONCE)) {
			return acknowledged + ", acknowledged and answered before the listener; never repeated; "
					+ "what did not come to an end is counted as lost";
		}
		if (listener.is(Semantics.AT_LEAST_ONCE)) {
			return acknowledged + " after the listener; " + setAside(listener)
					+ "; repetitions are counted as far as this node remembers";
		}
		if (!listener.is(Semantics.EFFECTIVELY_ONCE)) {
			return acknowledged;
		}
		EffectContract contract = listener.flow().contract();
		String inbox = (contract != null && listener.flow().external()) ? " after the outcome; " + contract.mechanism()
				: " after the commit; inbox in the effect's transaction";
		return acknowledged + inbox + "; " + setAside(listener);
	}

	private static String setAside(InspectedListener listener) {
		String deadLetter = listener.policy().retry().deadLetter();
		return listener.policy().retry().maxAttempts() + " durable attempts, then "
				+ ((deadLetter != null) ? deadLetter : "the park table");
	}

	private static String boundary(InspectedListener listener) {
		if (listener.is(Semantics.AT_MOST_ONCE)) {
			return "from the queue to the listener, as long as the broker keeps the acknowledgements it took";
		}
		EffectContract contract = listener.flow().contract();
		if (contract != null && listener.flow().external()) {
			return contract.boundary();
		}
		return listener.is(Semantics.EFFECTIVELY_ONCE)
				? "from the queue to the database transaction of the effect and the outbox messages in it"
				: "from the queue to the listener";
	}

	private static List<String> remarks(InspectedListener listener, Collection<Queue> declared,
			@Nullable RabbitListeners once) {
		List<String> remarks = new ArrayList<>();
		remarks.add("queues " + listener.queues());
		if (listener.policy().mode() == FlowMode.PAUSED) {
			remarks.add("paused on this node when it starts");
		}
		if (once != null) {
			remarks.add(identity(listener));
			remarks.add(once.numbers().remark(listener, once));
			remarks.addAll(QueueRemarks.of(listener.queues(), declared));
		}
		return remarks;
	}

	private static String identity(InspectedListener listener) {
		if (listener.flow().keyed()) {
			return "identity: the key expression";
		}
		String header = listener.policy().identity().header();
		return "identity: CloudEvents source and id" + ((header != null) ? ", header '" + header + "'" : "")
				+ ", AMQP message_id";
	}

	private static String either(String first, String second) {
		return first.isEmpty() ? second : first;
	}

}
