// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.List;
import java.util.Objects;

import dev.idempotency.delivery.ListenerFlow;
import dev.idempotency.delivery.ListenerFlows;
import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.FlowPolicies;
import dev.idempotency.kafka.ListenerMethods.ListenerMethod;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.AbstractMessageListenerContainer;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * Finds out what a container is for.
 */
final class ListenerInspector {

	private final ListenerFlows flows;

	private final FlowPolicies policies;

	ListenerInspector(ListenerFlows flows, FlowPolicies policies) {
		this.flows = flows;
		this.policies = policies;
	}

	/**
	 * Inspects a container.
	 */
	Inspection inspect(MessageListenerContainer container) {
		String id = Objects.requireNonNullElse(container.getListenerId(), "unnamed");
		Object listener = container.getContainerProperties().getMessageListener();
		if (listener == null) {
			return new Inspection(null, null);
		}
		List<ListenerFlow> found = flows(id, listener);
		ListenerFlow flow = found.stream().filter(ListenerFlow::effect).findFirst().orElse(found.get(0));
		if (!(container instanceof AbstractMessageListenerContainer<?, ?> known)) {
			return new Inspection(null, declared(flow) ? unknownContainer(id, flow, container) : null);
		}
		InspectedListener inspected = new InspectedListener(id, known, flow, this.policies.of(flow.name()));
		return new Inspection(inspected,
				found.stream().anyMatch(this::declared) ? contradiction(inspected, found) : null);
	}

	/**
	 * Whether every method behind a container carries the effect annotation.
	 */
	boolean guardsAll(InspectedListener listener) {
		Object original = listener.messageListener();
		return original != null && flows(listener.id(), original).stream().allMatch(ListenerFlow::effect);
	}

	private List<ListenerFlow> flows(String id, Object listener) {
		List<ListenerMethod> methods = ListenerMethods.of(listener);
		return methods.isEmpty()
				? List.of(new ListenerFlow(id, false, false, null, "", "",
						ListenerMethods.innermost(listener).getClass().getName()))
				: methods.stream().map((method) -> this.flows.of(method.type(), method.method(), id)).toList();
	}

	private boolean declared(ListenerFlow flow) {
		return flow.effect() || flow.semantics() != null || this.policies.of(flow.name()).semantics() != null;
	}

	private static @Nullable Contradiction contradiction(InspectedListener listener, List<ListenerFlow> flows) {
		if (flows.stream().anyMatch(ListenerFlow::async)) {
			return new Contradiction(listener.where(), "@Async on the listener's method",
					"a method that has done its work when it returns: its record is acknowledged then, and nobody "
							+ "hears of its failure",
					"Remove @Async; the concurrency of the container says how many records are handled at once");
		}
		if (flows.stream().map(ListenerFlow::name).distinct().count() > 1) {
			return severalFlows(listener, flows);
		}
		return (flows.stream().map(ListenerFlow::semantics).distinct().count() > 1) ? severalSemantics(listener, flows)
				: null;
	}

	private static Contradiction unknownContainer(String id, ListenerFlow flow, MessageListenerContainer container) {
		return new Contradiction("Kafka listener '" + id + "' (" + flow.location() + ")",
				"a container of type " + container.getClass().getName(),
				"a KafkaMessageListenerContainer or ConcurrentMessageListenerContainer: of others it is not known when "
						+ "they acknowledge",
				"Let the listener use a ConcurrentKafkaListenerContainerFactory");
	}

	private static Contradiction severalFlows(InspectedListener listener, List<ListenerFlow> flows) {
		return new Contradiction(listener.where(),
				"handler methods of different flows: " + flows.stream().map(ListenerFlow::name).distinct().toList(),
				"one flow per listener container, by which failures and replays are counted",
				"Give all @KafkaHandler methods of the class the same flow, or make them @KafkaListener methods");
	}

	private static Contradiction severalSemantics(InspectedListener listener, List<ListenerFlow> flows) {
		return new Contradiction(listener.where(), "handler methods of different semantics: " + flows.stream()
			.map((flow) -> flow.location() + " " + ((flow.semantics() != null) ? flow.semantics() : "undeclared"))
			.toList(),
				"one semantics per listener container, or what one of the methods does is not protected as it seems",
				"Annotate all @KafkaHandler methods of the class alike, or give them listeners of their own");
	}

	/**
	 * What was found.
	 *
	 * @param listener the listener, {@code null} if its container is of an unknown kind
	 * or has none
	 * @param contradiction what stands in the way, if anything does
	 */
	record Inspection(@Nullable InspectedListener listener, @Nullable Contradiction contradiction) {
	}

}
