// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.util.Arrays;
import java.util.List;

import dev.idempotency.amqp.ListenerMethods.ListenerMethod;
import dev.idempotency.delivery.ListenerFlow;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.flow.Semantics;
import org.jspecify.annotations.Nullable;

import org.springframework.amqp.core.MessageListenerContainer;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;

/**
 * A listener container, the flows behind it, and what is configured for the first.
 *
 * @param id id of the listener
 * @param container the container
 * @param methods the methods it may call
 * @param flows what the code says of them, the first counts; never empty
 * @param policy what the configuration says
 */
record InspectedListener(String id, MessageListenerContainer container, List<ListenerMethod> methods,
		List<ListenerFlow> flows, FlowPolicy policy) {

	InspectedListener {
		methods = List.copyOf(methods);
		flows = List.copyOf(flows);
	}

	ListenerFlow flow() {
		return this.flows.get(0);
	}

	/**
	 * The semantics that count: an effect annotation, then the configuration, then the
	 * code.
	 */
	@Nullable Semantics semantics() {
		if (flow().effect()) {
			return Semantics.EFFECTIVELY_ONCE;
		}
		return (this.policy.semantics() != null) ? this.policy.semantics() : flow().semantics();
	}

	boolean is(Semantics semantics) {
		return semantics() == semantics;
	}

	/**
	 * How people find it.
	 */
	String where() {
		return "RabbitMQ listener '" + this.id + "' (" + flow().location() + ")";
	}

	/**
	 * The container, if it is of a kind that is known to acknowledge after the listener.
	 */
	@Nullable AbstractMessageListenerContainer known() {
		return (this.container instanceof AbstractMessageListenerContainer known) ? known : null;
	}

	boolean isActive() {
		AbstractMessageListenerContainer known = known();
		return known != null && known.isActive();
	}

	List<String> queues() {
		AbstractMessageListenerContainer known = known();
		return (known != null) ? Arrays.asList(known.getQueueNames()) : List.of();
	}

}
