// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.idempotency.delivery.FlowSwitch;
import dev.idempotency.flow.FlowMode;
import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;

/**
 * Switches flows by their containers. A paused one is stopped and leaves its group:
 * otherwise it would keep its partitions, and no other node could go on. So does one that
 * becomes a shadow, which reads in a group of its own. Starts shadows with the listeners,
 * and stops them.
 */
final class KafkaFlowSwitch implements FlowSwitch, SmartLifecycle {

	private final ShadowContainers shadows;

	private final Map<String, List<Switched>> listeners = new ConcurrentHashMap<>();

	private volatile boolean running;

	KafkaFlowSwitch(ShadowContainers shadows) {
		this.shadows = shadows;
	}

	/**
	 * Takes a container that has not started.
	 * @param objection why it cannot have a shadow, {@code null} if it can
	 */
	void add(InspectedListener listener, @Nullable String objection) {
		this.listeners.computeIfAbsent(listener.flow().name(), (flow) -> new CopyOnWriteArrayList<>())
			.add(new Switched(listener, objection, this.shadows));
		if (listener.policy().mode() != FlowMode.ACTIVE) {
			listener.container().setAutoStartup(false);
		}
	}

	@Override
	public Map<String, FlowMode> modes() {
		Map<String, FlowMode> modes = new TreeMap<>();
		this.listeners
			.forEach((flow, all) -> all.forEach((each) -> modes.merge(flow, each.mode(), KafkaFlowSwitch::stronger)));
		return modes;
	}

	private static FlowMode stronger(FlowMode one, FlowMode other) {
		return (one.compareTo(other) <= 0) ? one : other;
	}

	@Override
	public @Nullable String objection(String flow, FlowMode mode) {
		return (mode != FlowMode.SHADOW) ? null
				: of(flow).stream().map(Switched::objection).filter(Objects::nonNull).findFirst().orElse(null);
	}

	@Override
	public boolean change(String flow, FlowMode mode) {
		List<Switched> all = of(flow);
		all.forEach((each) -> each.change(mode));
		return !all.isEmpty();
	}

	private List<Switched> of(String flow) {
		return this.listeners.getOrDefault(flow, List.of());
	}

	@Override
	public void start() {
		this.running = true;
		this.listeners.values().forEach((all) -> all.forEach(Switched::begin));
	}

	@Override
	public void stop() {
		this.running = false;
		this.listeners.values().forEach((all) -> all.forEach(Switched::endShadow));
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
