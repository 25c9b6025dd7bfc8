// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import dev.idempotency.delivery.Delivery;
import dev.idempotency.delivery.DeliveryAccount;
import dev.idempotency.effect.EffectListener;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What an interceptor knows of the listener it stands before.
 *
 * @param flow the flow
 * @param listener hears about deliveries
 * @param time watches the handling time
 * @param failures tells redeliveries
 * @param places gives records their places, {@code null} if identities alone tell
 * @param account counts what no inbox does, {@code null} if the flow has one
 */
record FlowBinding(String flow, EffectListener listener, HandlingTime time, Failures failures, @Nullable Places places,
		@Nullable DeliveryAccount account) {

	/**
	 * A binding of a flow whose inbox accounts for its messages.
	 */
	FlowBinding(String flow, EffectListener listener, HandlingTime time, Failures failures, @Nullable Places places) {
		this(flow, listener, time, failures, places, null);
	}

	/**
	 * The delivery with the place of its record.
	 */
	Delivery place(Delivery delivery, ConsumerRecord<?, ?> record, Consumer<?, ?> consumer) {
		return (this.places == null) ? delivery
				: this.places.place(delivery, new TopicPartition(record.topic(), record.partition()), record.offset(),
						record.leaderEpoch().orElse(-1), consumer);
	}

	/**
	 * Accounts for a record that does not reach the listener.
	 */
	void skip(Delivery delivery, ConsumerRecord<?, ?> record, Consumer<?, ?> consumer) {
		if (this.places != null) {
			this.places.skip(delivery, new TopicPartition(record.topic(), record.partition()), record.offset(),
					consumer);
		}
	}

}
