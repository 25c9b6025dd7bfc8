// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.flow;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Every known flow. Filled while the application starts and when an outbox destination is
 * first used.
 */
public final class FlowCatalogue {

	private static final Comparator<Flow> ORDER = Comparator.comparing(Flow::kind)
		.thenComparing(Flow::name)
		.thenComparing(Flow::location);

	private final ConcurrentMap<String, Flow> flows = new ConcurrentHashMap<>();

	/**
	 * Adds a flow, or replaces what was said of the same place before.
	 * @param flow the flow
	 */
	public void add(Flow flow) {
		this.flows.put(flow.kind() + " " + flow.name() + " " + flow.location(), flow);
	}

	/**
	 * All flows in a stable order.
	 * @return the flows
	 */
	public List<Flow> flows() {
		return this.flows.values().stream().sorted(ORDER).toList();
	}

	/**
	 * Listeners whose semantics nobody declared.
	 * @return the flows
	 */
	public List<Flow> undeclared() {
		return flows().stream().filter((flow) -> flow.semantics() == null).toList();
	}

	/**
	 * The catalogue as a Markdown table, for architecture records.
	 * @return the table
	 */
	public String toMarkdown() {
		return FlowTable.markdown(flows());
	}

}
