// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.idempotency.delivery.FlowSwitch;
import dev.idempotency.flow.FlowMode;
import org.jspecify.annotations.Nullable;

import org.springframework.amqp.core.MessageListenerContainer;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;

/**
 * Switches flows by their containers. A paused one is stopped: what it had fetched and
 * not begun goes back to its queue, for other nodes or for later.
 */
final class RabbitFlowSwitch implements FlowSwitch {

	static final String NO_SHADOW = "consumers of a RabbitMQ queue compete: a shadow would take messages from those who "
			+ "apply them, and acknowledge what nobody applied. Pause the flow, or bind a queue of its own to the "
			+ "exchange and consume that with another flow";

	private final Map<String, List<MessageListenerContainer>> containers = new ConcurrentHashMap<>();

	/**
	 * Takes a container that has not started.
	 */
	void add(InspectedListener listener) {
		this.containers.computeIfAbsent(listener.flow().name(), (flow) -> new CopyOnWriteArrayList<>())
			.add(listener.container());
		AbstractMessageListenerContainer known = listener.known();
		if (known != null && listener.policy().mode() != FlowMode.ACTIVE) {
			known.setAutoStartup(false);
		}
	}

	@Override
	public Map<String, FlowMode> modes() {
		Map<String, FlowMode> modes = new TreeMap<>();
		this.containers.forEach((flow, all) -> modes.put(flow,
				all.stream().anyMatch(MessageListenerContainer::isRunning) ? FlowMode.ACTIVE : FlowMode.PAUSED));
		return modes;
	}

	@Override
	public @Nullable String objection(String flow, FlowMode mode) {
		return (mode == FlowMode.SHADOW && this.containers.containsKey(flow)) ? NO_SHADOW : null;
	}

	@Override
	public boolean change(String flow, FlowMode mode) {
		List<MessageListenerContainer> all = this.containers.getOrDefault(flow, List.of());
		all.forEach((container) -> {
			if (mode == FlowMode.ACTIVE) {
				container.start();
			}
			else {
				container.stop(() -> {
				});
			}
		});
		return !all.isEmpty();
	}

}
