// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.idempotency.amqp.ListenerMethods.ListenerMethod;
import dev.idempotency.delivery.Delivery;
import dev.idempotency.delivery.ListenerFlow;
import dev.idempotency.delivery.ListenerFlows;
import dev.idempotency.flow.FlowPolicies;
import org.jspecify.annotations.Nullable;

import org.springframework.amqp.core.MessageListenerContainer;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.ObservableListenerContainer;

/**
 * Knows the listener containers of an application and the flows behind them.
 */
public final class RabbitListeners {

	private final Supplier<? extends Collection<? extends MessageListenerContainer>> containers;

	private final ListenerFlows flows;

	private final FlowPolicies policies;

	private final NumberedQueues numbers;

	private final Map<Object, Optional<InspectedListener>> byTarget = new ConcurrentHashMap<>();

	private volatile Consumer<InspectedListener> late = (listener) -> {
	};

	/**
	 * Creates it without looking yet.
	 * @param containers all containers: those of the endpoint registry and beans
	 * @param flows reads flows from listener methods
	 * @param policies what is configured per flow
	 */
	public RabbitListeners(Supplier<? extends Collection<? extends MessageListenerContainer>> containers,
			ListenerFlows flows, FlowPolicies policies) {
		this(containers, flows, policies, NumberedQueues.none());
	}

	/**
	 * Creates it without looking yet.
	 * @param containers all containers: those of the endpoint registry and beans
	 * @param flows reads flows from listener methods
	 * @param policies what is configured per flow
	 * @param numbers tells whose messages are accounted for by their numbers
	 */
	public RabbitListeners(Supplier<? extends Collection<? extends MessageListenerContainer>> containers,
			ListenerFlows flows, FlowPolicies policies, NumberedQueues numbers) {
		this.numbers = numbers;
		this.containers = containers;
		this.flows = flows;
		this.policies = policies;
	}

	/**
	 * All listeners there are now.
	 */
	List<InspectedListener> all() {
		List<InspectedListener> all = new ArrayList<>();
		for (MessageListenerContainer container : this.containers.get()) {
			InspectedListener listener = inspect(container);
			all.add(listener);
			AbstractMessageListenerContainer known = listener.known();
			if (known != null) {
				this.byTarget.put(ContainerInternals.target(known), Optional.of(listener));
			}
		}
		return all;
	}

	/**
	 * A message with the number that accounts for it, if its listener's flow goes by
	 * numbers.
	 */
	Delivery place(InspectedListener listener, Delivery delivery) {
		return this.numbers.place(listener, delivery, this);
	}

	NumberedQueues numbers() {
		return this.numbers;
	}

	/**
	 * Says what to do with listeners whose containers were made after the start, before
	 * their first message is handled.
	 * @param verification throws an exception to keep the message from the listener
	 */
	void verifyLate(Consumer<InspectedListener> verification) {
		this.late = verification;
	}

	/**
	 * The listener a container's advice is called around.
	 * @param target what the advice is called around
	 * @return the listener, {@code null} for containers that nobody registered
	 */
	@Nullable InspectedListener behind(@Nullable Object target) {
		if (target == null) {
			return null;
		}
		Optional<InspectedListener> found = this.byTarget.get(target);
		if (found == null) {
			found = lookFor(target);
			found.ifPresent(this.late);
			this.byTarget.put(target, found);
		}
		return found.orElse(null);
	}

	private Optional<InspectedListener> lookFor(Object target) {
		return this.containers.get()
			.stream()
			.filter((container) -> container instanceof AbstractMessageListenerContainer known
					&& ContainerInternals.target(known) == target)
			.map(this::inspect)
			.findFirst();
	}

	private InspectedListener inspect(MessageListenerContainer container) {
		String id = (container instanceof ObservableListenerContainer named && named.getListenerId() != null)
				? named.getListenerId() : container.getClass().getSimpleName();
		Object listener = container.getMessageListener();
		List<ListenerMethod> methods = (listener != null) ? ListenerMethods.of(listener) : List.of();
		List<ListenerFlow> flows = methods.stream()
			.map((method) -> this.flows.of(method.type(), method.method(), id))
			.sorted(Comparator.comparing(ListenerFlow::effect).reversed())
			.toList();
		if (flows.isEmpty()) {
			String location = (listener != null) ? listener.getClass().getName() : "no listener";
			flows = List.of(new ListenerFlow(id, false, false, null, "", "", location));
		}
		return new InspectedListener(id, container, methods, flows, this.policies.of(flows.get(0).name()));
	}

}
