// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.idempotency.delivery.FlowSwitch;
import dev.idempotency.flow.FlowMode;

import org.springframework.kafka.listener.AbstractMessageListenerContainer;

/**
 * Switches flows by their containers. A paused one is stopped and leaves its group:
 * otherwise it would keep its partitions, and no other node could go on.
 */
final class KafkaFlowSwitch implements FlowSwitch {

	private final Map<String, List<AbstractMessageListenerContainer<?, ?>>> containers = new ConcurrentHashMap<>();

	/**
	 * Takes a container that has not started.
	 */
	void add(InspectedListener listener) {
		this.containers.computeIfAbsent(listener.flow().name(), (flow) -> new CopyOnWriteArrayList<>())
			.add(listener.container());
		if (listener.policy().mode() == FlowMode.PAUSED) {
			listener.container().setAutoStartup(false);
		}
	}

	@Override
	public Map<String, FlowMode> modes() {
		Map<String, FlowMode> modes = new TreeMap<>();
		this.containers
			.forEach((flow, all) -> modes.put(flow, all.stream().anyMatch(AbstractMessageListenerContainer::isRunning)
					? FlowMode.ACTIVE : FlowMode.PAUSED));
		return modes;
	}

	@Override
	public boolean change(String flow, FlowMode mode) {
		List<AbstractMessageListenerContainer<?, ?>> all = this.containers.getOrDefault(flow, List.of());
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
