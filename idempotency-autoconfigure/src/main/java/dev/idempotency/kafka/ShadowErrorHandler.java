// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.errors.RecordDeserializationException;

import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.util.backoff.FixedBackOff;

/**
 * Passes over what nobody can read, and waits for a database that is away. The group is
 * the shadow's own, so nothing is lost with what it passes over.
 */
final class ShadowErrorHandler extends DefaultErrorHandler {

	private static final long PAUSE_MILLIS = 1000;

	private final ShadowListener<?, ?> listener;

	ShadowErrorHandler(ShadowListener<?, ?> listener) {
		super((record, failure) -> listener.refused(record.topic() + "-" + record.partition() + "@" + record.offset(),
				failure), new FixedBackOff(PAUSE_MILLIS, FixedBackOff.UNLIMITED_ATTEMPTS));
		this.listener = listener;
	}

	@Override
	public void handleOtherException(Exception thrown, Consumer<?, ?> consumer, MessageListenerContainer container,
			boolean batchListener) {
		if (thrown instanceof RecordDeserializationException unreadable) {
			this.listener.refused(unreadable.topicPartition() + "@" + unreadable.offset(), unreadable);
			consumer.seek(unreadable.topicPartition(), unreadable.offset() + 1);
			return;
		}
		super.handleOtherException(thrown, consumer, container, batchListener);
	}

}
