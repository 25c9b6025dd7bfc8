// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

import dev.idempotency.delivery.DeliveryFailures;
import dev.idempotency.flow.Backoff;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.flow.Semantics;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.BatchAcknowledgingConsumerAwareMessageListener;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.ContainerProperties.AckMode;
import org.springframework.kafka.listener.ListenerContainerPauseService;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.listener.adapter.BatchMessagingMessageListenerAdapter;

/**
 * Prepares listeners that are acknowledged first, and listeners of batches that are
 * acknowledged afterwards and have no effects.
 */
final class PlainListeners {

	private final KafkaDeliveries deliveries;

	private final DeliveryFailures decisions;

	private final ListenerContainerPauseService pauses;

	private final Clock clock;

	PlainListeners(KafkaDeliveries deliveries, DeliveryFailures decisions, ListenerContainerPauseService pauses,
			Clock clock) {
		this.deliveries = deliveries;
		this.decisions = decisions;
		this.pauses = pauses;
		this.clock = clock;
	}

	/**
	 * Prepares a container that has not started.
	 * @return what contradicts and is left as it is, empty if nothing
	 */
	List<Finding> prepare(InspectedListener inspected, FlowBinding binding) {
		List<Finding> findings = new ArrayList<>();
		Object listener = inspected.messageListener();
		if (listener != null && inspected.is(Semantics.AT_MOST_ONCE)) {
			acknowledgeFirst(inspected, listener, binding, findings);
		}
		else if (inspected.is(Semantics.AT_LEAST_ONCE) && inspected.isBatch()) {
			repeatBatches(inspected, listener, binding, findings);
		}
		return findings;
	}

	/**
	 * In mode {@code BATCH} the offsets of a poll's first records are still pending when
	 * a later one has begun. They are committed before a failure is handled and when an
	 * error stops the container, which would take the group back behind a record that has
	 * begun.
	 */
	private void acknowledgeFirst(InspectedListener inspected, Object listener, FlowBinding binding,
			List<Finding> findings) {
		BegunOffsets offsets = new BegunOffsets(inspected.id(), Objects.requireNonNull(binding.account()),
				inspected.properties(), this.clock);
		inspected.properties().setMessageListener(acknowledgedFirst(listener, offsets, binding));
		if (!inspected.isBatch() && inspected.properties().getAckMode() == AckMode.BATCH) {
			inspected.properties().setAckMode(AckMode.RECORD);
		}
		inspected.properties()
			.setConsumerRebalanceListener(
					new PartitionRebalances(offsets, inspected.properties().getConsumerRebalanceListener()));
		FlowPolicy.Retry retry = inspected.policy().retry();
		CommonErrorHandler ours = new AtMostOnceErrorHandler(binding,
				new Backoff(retry.initialDelay(), retry.maxDelay()), this.pauses,
				() -> ThreadLocalRandom.current().nextDouble());
		CommonErrorHandler existing = inspected.container().getCommonErrorHandler();
		if (existing == null || existing instanceof AtMostOnceErrorHandler) {
			inspected.container().setCommonErrorHandler(ours);
		}
		else {
			findings.add(ContainerChecks.finding(inspected,
					"AT_MOST_ONCE and the error handler " + existing.getClass().getName(),
					"the one of this library: others call the listener again with a record it failed on",
					"Remove the CommonErrorHandler bean, or give the listener a container factory without one",
					() -> inspected.container().setCommonErrorHandler(ours)));
		}
	}

	@SuppressWarnings("unchecked")
	private <K, V> Object acknowledgedFirst(Object listener, BegunOffsets offsets, FlowBinding binding) {
		return (listener instanceof BatchMessageListener<?, ?> batches)
				? new BatchAcknowledgedFirst<>((BatchMessageListener<K, V>) batches, offsets, this.deliveries, binding)
				: new AcknowledgedFirst<>((MessageListener<K, V>) listener, offsets);
	}

	private void repeatBatches(InspectedListener inspected, @Nullable Object listener, FlowBinding binding,
			List<Finding> findings) {
		CommonErrorHandler existing = inspected.container().getCommonErrorHandler();
		if (existing != null && !(existing instanceof EffectErrorHandler)) {
			return;
		}
		if (listener instanceof BatchMessagingMessageListenerAdapter<?, ?> adapter
				&& ListenerMethods.batchToRecordAdapter(adapter) != null) {
			findings.add(ContainerChecks.finding(inspected, "AT_LEAST_ONCE and a BatchToRecordAdapter",
					"a listener that lets failures through: the adapter logs them, and the records are lost",
					"Take one record, or a list of them", null));
		}
		else if (listener instanceof BatchAcknowledgingConsumerAwareMessageListener<?, ?> batches) {
			inspected.properties().setMessageListener(plain(batches, binding));
		}
		else {
			findings.add(ContainerChecks.finding(inspected, "AT_LEAST_ONCE and a batch listener that is no method",
					"a @KafkaListener method, whose failures can be assigned to a record",
					"Put @KafkaListener on a method, or implement BatchAcknowledgingConsumerAwareMessageListener",
					null));
		}
	}

	private <K, V> PlainBatchListener<K, V> plain(BatchAcknowledgingConsumerAwareMessageListener<K, V> listener,
			FlowBinding binding) {
		return new PlainBatchListener<>(listener, new PlainBatches<>(this.deliveries, binding, listener),
				this.decisions::isInfrastructure);
	}

	/**
	 * What stands behind our own listener.
	 */
	static Object original(Object listener) {
		if (listener instanceof AcknowledgedFirst<?, ?> ours) {
			return ours.getDelegate();
		}
		if (listener instanceof BatchAcknowledgedFirst<?, ?> ours) {
			return ours.getDelegate();
		}
		return (listener instanceof PlainBatchListener<?, ?> ours) ? ours.getDelegate() : listener;
	}

}
