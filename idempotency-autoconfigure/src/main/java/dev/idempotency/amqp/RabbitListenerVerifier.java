// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

import dev.idempotency.delivery.FlowSwitch;
import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.flow.FlowMode;
import dev.idempotency.flow.Verification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.context.SmartLifecycle;

/**
 * Looks at every listener container before any of them starts: what contradicts the
 * semantics of its flow stops the start, is corrected or is named in the log, and every
 * listener gets its row in the catalogue. An annotation beats its factory and a
 * customizer beats both, so only this last look can tell what a container will do. A
 * container made later is looked at before its first message is handled, and stopped if
 * it contradicts.
 */
public final class RabbitListenerVerifier implements SmartLifecycle {

	/** Before every container, whatever phase it was given. */
	private static final int PHASE = Integer.MIN_VALUE + 1000;

	private static final Logger logger = LoggerFactory.getLogger(RabbitListenerVerifier.class);

	private final RabbitListeners listeners;

	private final ContainerChecks checks;

	private final FlowCatalogue catalogue;

	private final Verification verification;

	private final Supplier<? extends Collection<Queue>> queues;

	private final RabbitFlowSwitch flowSwitch = new RabbitFlowSwitch();

	private volatile boolean running;

	/**
	 * Creates a verifier.
	 * @param listeners the listeners
	 * @param advice the advice every listener of an effect must have
	 * @param catalogue gets a row for every listener
	 * @param verification what to do about contradictions
	 * @param queues the queues this application declares
	 */
	public RabbitListenerVerifier(RabbitListeners listeners, RabbitDeliveryAdvice advice, FlowCatalogue catalogue,
			Verification verification, Supplier<? extends Collection<Queue>> queues) {
		this.listeners = listeners;
		this.checks = new ContainerChecks(advice);
		this.catalogue = catalogue;
		this.verification = verification;
		this.queues = queues;
	}

	/**
	 * Verifies.
	 * @throws ContradictionException if a contradiction is left that must stop the start
	 */
	@Override
	public void start() {
		this.listeners.verifyLate(this::verifyLate);
		List<Contradiction> left = new ArrayList<>();
		Collection<Queue> declared = this.queues.get();
		for (InspectedListener listener : this.listeners.all()) {
			ContainerChecks.acknowledgeFirst(listener);
			left.addAll(verify(listener));
			if (listener.policy().mode() == FlowMode.SHADOW) {
				left.add(new Contradiction(listener.where(),
						"idempotency.flows." + listener.flow().name() + ".mode=shadow",
						"active or paused: " + RabbitFlowSwitch.NO_SHADOW,
						"Set idempotency.flows." + listener.flow().name() + ".mode=paused"));
			}
			this.flowSwitch.add(listener);
			this.catalogue.add(CatalogueRow.of(listener, declared, this.listeners));
		}
		if (!left.isEmpty()) {
			throw new ContradictionException(left);
		}
		this.running = true;
	}

	/**
	 * Switches the flows of all containers found.
	 * @return the switch
	 */
	public FlowSwitch flowSwitch() {
		return this.flowSwitch;
	}

	private List<Contradiction> verify(InspectedListener listener) {
		List<Finding> findings = this.checks.of(listener);
		AbstractMessageListenerContainer container = listener.known();
		if (this.verification == Verification.WARN) {
			findings.forEach((finding) -> logger.warn("{}", finding.contradiction()));
			return List.of();
		}
		if (this.verification == Verification.FIX && container != null && !container.isRunning()) {
			correct(container, findings);
			findings = this.checks.of(listener);
		}
		return findings.stream().map(Finding::contradiction).toList();
	}

	/**
	 * Verifies a container made after the start. It runs already, so nothing can be
	 * corrected, and there is no start to stop but its own.
	 */
	private void verifyLate(InspectedListener listener) {
		this.catalogue.add(CatalogueRow.of(listener, this.queues.get(), this.listeners));
		List<Contradiction> found = this.checks.ofRunning(listener).stream().map(Finding::contradiction).toList();
		found.forEach((contradiction) -> logger.error("Started late: {}", contradiction));
		if (!found.isEmpty() && this.verification != Verification.WARN) {
			listener.container().stop(() -> logger.error("{} is stopped", listener.where()));
			throw new ContradictionException(found);
		}
	}

	/**
	 * Corrects a container. What it has already been initialized with takes effect only
	 * when it is initialized again.
	 */
	private static void correct(AbstractMessageListenerContainer container, List<Finding> findings) {
		boolean corrected = false;
		for (Finding finding : findings) {
			if (finding.correction() != null) {
				finding.correction().accept(container);
				logger.warn("Corrected: {}", finding.contradiction());
				corrected = true;
			}
		}
		if (corrected) {
			container.shutdown();
			container.afterPropertiesSet();
		}
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

}
