// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.idempotency.delivery.FlowSwitch;
import dev.idempotency.delivery.ListenerFlows;
import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.flow.FlowMode;
import dev.idempotency.flow.FlowPolicies;
import dev.idempotency.flow.Semantics;
import dev.idempotency.flow.Verification;
import dev.idempotency.kafka.ListenerInspector.Inspection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.event.ConsumerStartingEvent;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * Looks at every listener container before any of them starts: prepares it, compares it
 * with the semantics of its flow, and enters it in the catalogue. A container made after
 * the start cannot be prepared any more; if its semantics are declared, its consumers do
 * not start.
 */
public final class KafkaListenerVerifier implements SmartLifecycle, ApplicationListener<ConsumerStartingEvent> {

	/** Before any container, wherever its phase is. */
	static final int PHASE = Integer.MIN_VALUE + 1000;

	private static final Logger logger = LoggerFactory.getLogger(KafkaListenerVerifier.class);

	private final Supplier<? extends Collection<? extends MessageListenerContainer>> containers;

	private final ListenerInspector inspector;

	private final KafkaListenerHandling handling;

	private final FlowCatalogue catalogue;

	private final Verification verification;

	private final @Nullable TopicRetentionCheck retention;

	private final String database;

	private final InboxModes modes;

	private final Set<MessageListenerContainer> seen = ConcurrentHashMap.newKeySet();

	private final KafkaFlowSwitch flowSwitch;

	private volatile boolean running;

	/**
	 * Creates the verifier.
	 * @param containers all containers of the application, asked when it starts. Their
	 * registry must not be a dependency of this bean: Spring starts dependencies first,
	 * whatever their phase
	 * @param flows reads the flow of a listener method
	 * @param policies what is configured per flow
	 * @param handling prepares containers
	 * @param catalogue takes every listener found
	 * @param verification what to do about contradictions
	 * @param retention compares retention with that of the topics, {@code null} not to
	 * @param database names the database whose transaction is the boundary of effects
	 * @param modes chooses how repetitions are known
	 */
	public KafkaListenerVerifier(Supplier<? extends Collection<? extends MessageListenerContainer>> containers,
			ListenerFlows flows, FlowPolicies policies, KafkaListenerHandling handling, FlowCatalogue catalogue,
			Verification verification, @Nullable TopicRetentionCheck retention, String database, InboxModes modes) {
		this.modes = modes;
		this.containers = containers;
		this.inspector = new ListenerInspector(flows, policies);
		this.handling = handling;
		this.flowSwitch = new KafkaFlowSwitch(handling.shadows());
		this.catalogue = catalogue;
		this.verification = verification;
		this.retention = retention;
		this.database = database;
	}

	/**
	 * Verifies all containers. A context that is started again has them prepared already.
	 * @throws ContradictionException if the semantics of a listener cannot be kept
	 */
	@Override
	public void start() {
		Report report = new Report(this.verification);
		Map<InspectedListener, List<String>> listeners = new LinkedHashMap<>();
		for (MessageListenerContainer container : this.containers.get()) {
			if (!this.seen.add(container)) {
				continue;
			}
			Inspection inspection = this.inspector.inspect(container);
			report.add(inspection.contradiction());
			if (inspection.listener() != null) {
				listeners.put(inspection.listener(), new ArrayList<>());
			}
		}
		listeners.forEach((listener, remarks) -> verify(listener, listeners.keySet(), report, remarks));
		if (this.retention != null) {
			this.retention.check(listeners, report);
		}
		listeners.forEach((listener, remarks) -> this.catalogue.add(FlowRows.of(listener, this.database, remarks)));
		report.conclude();
		this.running = true;
	}

	private void verify(InspectedListener listener, Set<InspectedListener> all, Report report, List<String> remarks) {
		boolean retryTopics = listener.isRetryTopic()
				|| all.stream().anyMatch((other) -> listener.id().equals(other.container().getMainListenerId()));
		List<Finding> findings = new ArrayList<>(ContainerChecks.of(listener));
		findings.forEach(report::add);
		String groups = groups(listener, all);
		this.handling
			.prepare(listener, retryTopics,
					this.modes.choose(listener, retryTopics || groups.contains(","), report, remarks))
			.forEach(report::add);
		remarks.addAll(ListenerRemarks.of(listener));
		String objection = ShadowContainers.objection(listener, this.inspector.guardsAll(listener));
		this.flowSwitch.add(listener, objection);
		if (listener.policy().mode() != FlowMode.ACTIVE) {
			remarks.add(listener.policy().mode().name().toLowerCase(Locale.ROOT) + " on this node when it starts");
		}
		if (listener.policy().mode() == FlowMode.SHADOW && objection != null) {
			report.add(new Contradiction(listener.where(),
					"idempotency.flows." + listener.flow().name() + ".mode=shadow, but " + objection,
					"a listener that can be looked at without being called",
					"Set idempotency.flows." + listener.flow().name() + ".mode=paused"));
		}
		if (listener.is(Semantics.EFFECTIVELY_ONCE) && groups.contains(",")) {
			remarks.add("consumed by several groups (" + groups + "): what one applied is a duplicate to the others");
		}
	}

	private static String groups(InspectedListener listener, Set<InspectedListener> all) {
		return all.stream()
			.filter((other) -> other.flow().name().equals(listener.flow().name()))
			.map((other) -> Objects.toString(other.container().getGroupId()))
			.distinct()
			.sorted()
			.collect(Collectors.joining(", "));
	}

	/**
	 * Switches the flows of all containers found.
	 * @return the switch
	 */
	public FlowSwitch flowSwitch() {
		return this.flowSwitch;
	}

	/**
	 * Refuses consumers of containers that came too late to be prepared.
	 * @param event a consumer that is about to start, on its own thread
	 * @throws ContradictionException if it has declared semantics
	 */
	@Override
	public void onApplicationEvent(ConsumerStartingEvent event) {
		MessageListenerContainer container = event.getContainer(MessageListenerContainer.class);
		if (this.seen.contains(container)) {
			return;
		}
		InspectedListener listener = this.inspector.inspect(container).listener();
		if (listener == null || listener.semantics() == null) {
			return;
		}
		Contradiction contradiction = new Contradiction(listener.where(),
				"a container made after the application context started",
				"one that exists before: this one was neither prepared nor verified",
				"Register the listener while the context starts");
		logger.error("{}", contradiction);
		if (this.verification != Verification.WARN) {
			throw new ContradictionException(contradiction);
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
