// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.function.Supplier;

import dev.idempotency.delivery.CurrentDelivery;
import dev.idempotency.delivery.Delivery;
import dev.idempotency.delivery.DeliveryAccount;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.outbox.CloudEvents;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

import org.springframework.kafka.listener.RecordInterceptor;

/**
 * Binds the delivered record to the thread while its listener runs, around an interceptor
 * of the application if there is one. Bound to a flow, it also passes over records
 * addressed to other flows and reports deliveries; without one, for containers made after
 * the start, it only binds the record.
 *
 * @param <K> type of the record keys
 * @param <V> type of the record values
 */
final class DeliveryInterceptor<K, V> implements RecordInterceptor<K, V> {

	static final String MDC_FLOW = "idempotency.flow";

	static final String MDC_MESSAGE = "idempotency.message";

	private final Supplier<KafkaDeliveries> deliveries;

	private final @Nullable RecordInterceptor<K, V> delegate;

	private final @Nullable FlowBinding binding;

	DeliveryInterceptor(Supplier<KafkaDeliveries> deliveries, @Nullable RecordInterceptor<K, V> delegate,
			@Nullable FlowBinding binding) {
		this.deliveries = deliveries;
		this.delegate = delegate;
		this.binding = binding;
	}

	/**
	 * An interceptor of a flow around what a container has already.
	 */
	static <K, V> DeliveryInterceptor<K, V> bound(Supplier<KafkaDeliveries> deliveries,
			@Nullable RecordInterceptor<K, V> existing, FlowBinding binding) {
		RecordInterceptor<K, V> inner = (existing instanceof DeliveryInterceptor<K, V> ours) ? ours.delegate : existing;
		return new DeliveryInterceptor<>(deliveries, inner, binding);
	}

	@Override
	public @Nullable ConsumerRecord<K, V> intercept(ConsumerRecord<K, V> record, Consumer<K, V> consumer) {
		return intercept(record, describe(record), consumer);
	}

	/**
	 * Intercepts a record that is described already.
	 */
	@Nullable ConsumerRecord<K, V> intercept(ConsumerRecord<K, V> record, Delivery delivery, Consumer<K, V> consumer) {
		FlowBinding flow = this.binding;
		if (flow != null && !delivery.addressedTo(flow.flow())) {
			flow.skip(delivery, record, consumer);
			flow.listener().on(new EffectEvent.Filtered(flow.flow()));
			return null;
		}
		bind(placed(delivery, record, consumer));
		ConsumerRecord<K, V> seen = (this.delegate != null) ? this.delegate.intercept(record, consumer) : record;
		if (seen != null && seen != record) {
			bind(placed(describe(seen), seen, consumer));
		}
		if (flow != null) {
			if (seen == null) {
				flow.skip(delivery, record, consumer);
			}
			flow.time().handling();
			flow.listener()
				.on((seen != null) ? new EffectEvent.Delivered(flow.flow(), delivery.redelivered())
						: new EffectEvent.Filtered(flow.flow()));
		}
		return seen;
	}

	private Delivery describe(ConsumerRecord<K, V> record) {
		boolean redelivered = this.binding != null && this.binding.failures()
			.knows(new TopicPartition(record.topic(), record.partition()), record.offset());
		return this.deliveries.get().of(record, redelivered);
	}

	private Delivery placed(Delivery delivery, ConsumerRecord<K, V> record, Consumer<K, V> consumer) {
		return (this.binding != null) ? this.binding.place(delivery, record, consumer) : delivery;
	}

	private void bind(Delivery delivery) {
		CurrentDelivery.set(delivery);
		if (this.binding != null) {
			MDC.put(MDC_FLOW, this.binding.flow());
		}
		MDC.put(MDC_MESSAGE, delivery.attributes().getOrDefault(CloudEvents.ID, delivery.position()));
	}

	private static void unbind() {
		CurrentDelivery.clear();
		MDC.remove(MDC_FLOW);
		MDC.remove(MDC_MESSAGE);
	}

	@Override
	public void success(ConsumerRecord<K, V> record, Consumer<K, V> consumer) {
		DeliveryAccount account = (this.binding != null) ? this.binding.account() : null;
		Delivery delivery = (account != null) ? CurrentDelivery.get() : null;
		if (account != null && delivery != null) {
			account.handled(delivery);
		}
		if (this.delegate != null) {
			this.delegate.success(record, consumer);
		}
	}

	@Override
	public void failure(ConsumerRecord<K, V> record, Exception exception, Consumer<K, V> consumer) {
		if (this.delegate != null) {
			this.delegate.failure(record, exception, consumer);
		}
	}

	@Override
	public void afterRecord(ConsumerRecord<K, V> record, Consumer<K, V> consumer) {
		try {
			if (this.delegate != null) {
				this.delegate.afterRecord(record, consumer);
			}
		}
		finally {
			unbind();
			if (this.binding != null) {
				this.binding.time().handled();
			}
		}
	}

	@Override
	public void setupThreadState(Consumer<?, ?> consumer) {
		if (this.binding != null) {
			this.binding.time().polling();
		}
		if (this.delegate != null) {
			this.delegate.setupThreadState(consumer);
		}
	}

	/**
	 * Called between polls also when a listener threw an error and the container stops.
	 */
	@Override
	public void clearThreadState(Consumer<?, ?> consumer) {
		unbind();
		if (this.delegate != null) {
			this.delegate.clearThreadState(consumer);
		}
	}

}
