// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import dev.idempotency.autoconfigure.IdempotencyProperties.Undeclared;
import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.flow.Flow;
import dev.idempotency.flow.FlowCatalogue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;

/**
 * Logs the catalogue before any listener starts, and applies what is configured for
 * listeners whose semantics nobody declared. Runs after the verifiers have filled the
 * catalogue.
 */
final class CatalogueReport implements SmartLifecycle {

	/** Behind the verifiers, before the first listener container. */
	static final int PHASE = Integer.MAX_VALUE - 200;

	private static final Logger logger = LoggerFactory.getLogger(CatalogueReport.class);

	private final FlowCatalogue catalogue;

	private final Undeclared undeclared;

	private final Set<String> configured;

	private boolean running;

	/**
	 * Creates a report.
	 * @param undeclared what becomes of listeners whose semantics nobody declared
	 * @param configured names of flows that have settings
	 */
	CatalogueReport(FlowCatalogue catalogue, Undeclared undeclared, Set<String> configured) {
		this.catalogue = catalogue;
		this.undeclared = undeclared;
		this.configured = configured;
	}

	@Override
	public void start() {
		List<Flow> implicit = this.catalogue.undeclared();
		if (!implicit.isEmpty() && this.undeclared == Undeclared.FAIL) {
			throw new ContradictionException(implicit.stream().map(CatalogueReport::contradiction).toList());
		}
		if (!implicit.isEmpty() && this.undeclared == Undeclared.WARN) {
			logger.warn("Nobody declared the semantics of {}. Add @ExactlyOnceEffect or @DeliverySemantics, or set "
					+ "idempotency.flows.<name>.semantics", names(implicit));
		}
		List<Flow> flows = this.catalogue.flows();
		Set<String> unknown = new TreeSet<>(this.configured);
		flows.forEach((flow) -> unknown.remove(flow.name()));
		if (!unknown.isEmpty()) {
			logger.warn(
					"There are settings for flows that no listener or method here has: {}. They concern nobody "
							+ "unless EffectTemplate is called with these names; correct idempotency.flows otherwise",
					unknown);
		}
		if (!flows.isEmpty()) {
			logger.info("Flow catalogue:\n{}", this.catalogue.toMarkdown());
		}
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	private static String names(List<Flow> flows) {
		return flows.stream()
			.map((flow) -> flow.name() + " (" + flow.location() + ")")
			.collect(Collectors.joining(", "));
	}

	private static Contradiction contradiction(Flow flow) {
		return new Contradiction(flow.location(), "no declared semantics",
				"a declared choice for flow '" + flow.name() + "'",
				"Add @ExactlyOnceEffect or @DeliverySemantics to the listener, or set idempotency.flows." + flow.name()
						+ ".semantics");
	}

}
