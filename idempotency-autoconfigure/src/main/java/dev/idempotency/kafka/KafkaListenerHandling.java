// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import dev.idempotency.delivery.DeliveryAccount;
import dev.idempotency.delivery.DeliveryFailures;
import dev.idempotency.delivery.EffectGroups;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.Semantics;
import dev.idempotency.inbox.InboxView;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.AbstractMessageListenerContainer;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.ListenerContainerPauseService;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;

/**
 * Gives containers what handles their records: an interceptor that binds each record to
 * its thread, and an error handler that lets no offset pass that was neither applied nor
 * set aside.
 */
public final class KafkaListenerHandling implements AutoCloseable {

	private final KafkaDeliveries deliveries;

	private final DeliveryFailures decisions;

	private final EffectListener listener;

	private final Clock clock;

	private final ListenerGroups groups;

	private final PlainListeners plain;

	private final SimpleAsyncTaskScheduler scheduler = new SimpleAsyncTaskScheduler();

	private final ListenerContainerPauseService pauses;

	private final ListenerContainerPauseService shortPauses;

	private final ShadowContainers shadows;

	/**
	 * Creates the handling.
	 * @param deliveries describes records
	 * @param groups applies several records in one transaction
	 * @param decisions decides what happens to records that failed
	 * @param listener hears about deliveries
	 * @param observations where records of groups are observed if their containers
	 * observe
	 * @param inbox read by shadows
	 * @param clock measures handling time
	 */
	public KafkaListenerHandling(KafkaDeliveries deliveries, EffectGroups groups, DeliveryFailures decisions,
			EffectListener listener, Supplier<ObservationRegistry> observations, InboxView inbox, Clock clock) {
		this.shadows = new ShadowContainers(deliveries, groups, decisions::isInfrastructure, listener, inbox, clock);
		this.shortPauses = new ListenerContainerPauseService(null, this.scheduler);
		this.deliveries = deliveries;
		this.decisions = decisions;
		this.listener = listener;
		this.clock = clock;
		this.groups = new ListenerGroups(deliveries, groups, decisions, observations, clock);
		this.pauses = new StoreAwarePauses(this.scheduler, decisions.store(), clock);
		this.plain = new PlainListeners(deliveries, decisions, this.pauses, clock);
		this.scheduler.setThreadNamePrefix("idempotency-kafka-resume-");
		this.scheduler.setDaemon(true);
	}

	/**
	 * Prepares a container that has not started.
	 * @param places gives its records their places, {@code null} for none
	 * @return what contradicts and is left as it is, empty if nothing
	 */
	List<Finding> prepare(InspectedListener inspected, boolean retryTopics, @Nullable Places places) {
		FlowBinding binding = new FlowBinding(inspected.flow().name(), this.listener,
				new HandlingTime(inspected.id(), inspected.maxPollInterval(), this.clock), new Failures(), places,
				account(inspected));
		if (!inspected.isBatch()) {
			intercept(inspected.container(), binding);
		}
		List<Finding> findings = new ArrayList<>(this.plain.prepare(inspected, binding));
		if (inspected.isGrouped()) {
			findings.addAll(GroupChecks.of(inspected, retryTopics));
			if (findings.stream().allMatch((finding) -> finding.correction() != null)) {
				add(findings, this.groups.prepare(inspected, binding));
			}
		}
		boolean ours = !inspected.isBatch() || inspected.isPrepared();
		if (ours && inspected.isAcknowledgedAfterwards() && !retryTopics
				&& inspected.properties().getKafkaAwareTransactionManager() == null) {
			add(findings, handleFailures(inspected, binding));
		}
		return findings;
	}

	/**
	 * Makes the containers of listeners in shadow mode.
	 */
	ShadowContainers shadows() {
		return this.shadows;
	}

	private @Nullable DeliveryAccount account(InspectedListener inspected) {
		return (inspected.is(Semantics.AT_LEAST_ONCE) || inspected.is(Semantics.AT_MOST_ONCE))
				? new DeliveryAccount(inspected.flow().name(), inspected.policy().identity(), this.listener) : null;
	}

	private static void add(List<Finding> findings, @Nullable Finding finding) {
		if (finding != null) {
			findings.add(finding);
		}
	}

	private @Nullable Finding handleFailures(InspectedListener inspected, FlowBinding binding) {
		CommonErrorHandler ours = new EffectErrorHandler(binding, this.decisions, this.deliveries,
				inspected.policy().passesThrough() ? this.shortPauses : this.pauses);
		CommonErrorHandler existing = inspected.container().getCommonErrorHandler();
		if (existing == null || existing instanceof EffectErrorHandler) {
			inspected.container().setCommonErrorHandler(ours);
			return null;
		}
		return inspected.flow().effect() ? foreign(inspected, existing, ours) : null;
	}

	private <K, V> void intercept(AbstractMessageListenerContainer<K, V> container, FlowBinding binding) {
		container.setRecordInterceptor(
				DeliveryInterceptor.bound(() -> this.deliveries, container.getRecordInterceptor(), binding));
	}

	private static Finding foreign(InspectedListener inspected, CommonErrorHandler existing, CommonErrorHandler ours) {
		return new Finding(
				new Contradiction(inspected.where(), "the error handler " + existing.getClass().getName(),
						"the one of this library: others give a record up while the database is away, and forget "
								+ "its attempts with the process",
						"Remove the CommonErrorHandler bean, or give the listener a container factory without one"),
				() -> inspected.container().setCommonErrorHandler(ours));
	}

	@Override
	public void close() {
		this.scheduler.close();
	}

}
