// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import dev.idempotency.effect.FlowPausedException;
import dev.idempotency.flow.Flow;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.flow.FlowMode;
import dev.idempotency.flow.FlowPolicies;
import dev.idempotency.flow.FlowPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Switches flows that are called: handlers of HTTP requests, scheduled and other methods,
 * the template. A paused one refuses its callers. Flows of broker listeners are left to
 * their containers, so that a message that has begun is handled to the end.
 */
public final class CallSwitch implements FlowSwitch {

	private static final Set<Flow.Kind> LISTENERS = Set.of(Flow.Kind.KAFKA_LISTENER, Flow.Kind.RABBIT_LISTENER);

	private final FlowCatalogue catalogue;

	private final FlowPolicies policies;

	private final ConcurrentMap<String, FlowMode> changed = new ConcurrentHashMap<>();

	/**
	 * Creates the switch.
	 * @param catalogue tells which flows are called
	 * @param policies what is configured for them
	 */
	public CallSwitch(FlowCatalogue catalogue, FlowPolicies policies) {
		this.catalogue = catalogue;
		this.policies = policies;
	}

	/**
	 * Lets a call pass, or refuses it.
	 * @param flow the flow
	 * @param policy what is configured for it
	 * @throws FlowPausedException if the flow is called and does not run on this node
	 */
	public void pass(String flow, FlowPolicy policy) {
		if (mode(flow, policy) != FlowMode.ACTIVE && !isListenedTo(flow)) {
			throw new FlowPausedException(flow);
		}
	}

	private FlowMode mode(String flow, FlowPolicy policy) {
		FlowMode mode = this.changed.get(flow);
		return (mode != null) ? mode : policy.mode();
	}

	private boolean isListenedTo(String flow) {
		return this.catalogue.flows()
			.stream()
			.anyMatch((each) -> each.name().equals(flow) && LISTENERS.contains(each.kind()));
	}

	@Override
	public Map<String, FlowMode> modes() {
		Map<String, FlowMode> modes = new TreeMap<>();
		called().forEach((flow) -> modes.put(flow, mode(flow, this.policies.of(flow))));
		return modes;
	}

	private Set<String> called() {
		Set<String> called = new TreeSet<>();
		Set<String> listened = new TreeSet<>();
		for (Flow flow : this.catalogue.flows()) {
			if (flow.kind() != Flow.Kind.OUTBOX) {
				(LISTENERS.contains(flow.kind()) ? listened : called).add(flow.name());
			}
		}
		called.removeAll(listened);
		return called;
	}

	@Override
	public @Nullable String objection(String flow, FlowMode mode) {
		return (mode == FlowMode.SHADOW && called().contains(flow))
				? "flow " + flow + " is called, and its callers wait for an effect: there is nothing to look at beside "
						+ "an active one. Pause it, and its callers are refused"
				: null;
	}

	@Override
	public boolean change(String flow, FlowMode mode) {
		if (!called().contains(flow)) {
			return false;
		}
		this.changed.put(flow, mode);
		return true;
	}

}
