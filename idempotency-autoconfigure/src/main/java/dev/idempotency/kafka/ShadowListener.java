// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Instant;
import java.util.Objects;
import java.util.function.Predicate;

import dev.idempotency.delivery.CurrentDelivery;
import dev.idempotency.delivery.Delivery;
import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.EffectEvent.Shadowed;
import dev.idempotency.effect.EffectEvent.Shadowed.Verdict;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.inbox.Shadow;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.kafka.listener.ConsumerAwareMessageListener;

/**
 * Looks at records and counts what it finds. Nothing is done with them.
 *
 * @param <K> type of the record keys
 * @param <V> type of the record values
 */
final class ShadowListener<K, V> implements ConsumerAwareMessageListener<K, V> {

	private static final Logger logger = LoggerFactory.getLogger(ShadowListener.class);

	private final String flow;

	private final KafkaDeliveries deliveries;

	private final Identification<K, V> identification;

	private final Shadow shadow;

	private final EffectListener events;

	private final Predicate<Throwable> infrastructure;

	ShadowListener(String flow, KafkaDeliveries deliveries, Identification<K, V> identification, Shadow shadow,
			EffectListener events, Predicate<Throwable> infrastructure) {
		this.flow = flow;
		this.deliveries = deliveries;
		this.identification = identification;
		this.shadow = shadow;
		this.events = events;
		this.infrastructure = infrastructure;
	}

	@Override
	public void onMessage(ConsumerRecord<K, V> record, @Nullable Consumer<?, ?> consumer) {
		Delivery delivery = this.deliveries.of(record, false);
		if (!delivery.addressedTo(this.flow)) {
			return;
		}
		CurrentDelivery.set(delivery);
		try {
			EffectCall call = this.identification.identify(record, delivery, Objects.requireNonNull(consumer));
			Verdict verdict = (call == null) ? null : this.shadow.look(call.key(), call.fingerprint(),
					delivery.position(), Instant.ofEpochMilli(record.timestamp()));
			if (verdict != null) {
				this.events.on(new Shadowed(this.flow, verdict));
			}
		}
		catch (RuntimeException ex) {
			if (this.infrastructure.test(ex)) {
				throw ex;
			}
			refused(delivery.position(), ex);
		}
		finally {
			CurrentDelivery.clear();
		}
	}

	/**
	 * Counts a record that an active consumer could not apply.
	 */
	void refused(String position, Exception failure) {
		logger.info("Shadow of flow {}: an active consumer could not apply {}: {}", this.flow, position,
				root(failure).toString());
		this.events.on(new Shadowed(this.flow, Verdict.REFUSED));
	}

	private static Throwable root(Throwable failure) {
		Throwable root = failure;
		while (root.getCause() != null && root.getCause() != root) {
			root = root.getCause();
		}
		return root;
	}

	/**
	 * Finds out what an active consumer would claim.
	 *
	 * @param <K> type of the record keys
	 * @param <V> type of the record values
	 */
	@FunctionalInterface
	interface Identification<K, V> {

		/**
		 * Identifies a record.
		 * @return the call, {@code null} if the record does not reach the listener's
		 * method
		 */
		@Nullable EffectCall identify(ConsumerRecord<K, V> record, Delivery delivery, Consumer<?, ?> consumer);

	}

}
