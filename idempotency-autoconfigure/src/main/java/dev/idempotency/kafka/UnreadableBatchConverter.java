// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.lang.reflect.Type;
import java.util.List;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.BatchListenerFailedException;
import org.springframework.kafka.support.Acknowledgment;
import org.springframework.kafka.support.KafkaHeaders;
import org.springframework.kafka.support.converter.BatchMessageConverter;
import org.springframework.kafka.support.converter.ConversionException;
import org.springframework.kafka.support.converter.RecordMessageConverter;
import org.springframework.messaging.Message;

/**
 * Fails where a payload cannot be converted. The converter of batches leaves {@code null}
 * in its place, and a body that does not look at the header with the failures would have
 * applied the message without having seen it.
 */
final class UnreadableBatchConverter implements BatchMessageConverter {

	private final BatchMessageConverter delegate;

	UnreadableBatchConverter(BatchMessageConverter delegate) {
		this.delegate = delegate;
	}

	@Override
	public Message<?> toMessage(List<ConsumerRecord<?, ?>> records, @Nullable Acknowledgment acknowledgment,
			@Nullable Consumer<?, ?> consumer, Type payloadType) {
		Message<?> message = this.delegate.toMessage(records, acknowledgment, consumer, payloadType);
		if (message.getHeaders().get(KafkaHeaders.CONVERSION_FAILURES) instanceof List<?> failures) {
			for (int i = 0; i < failures.size(); i++) {
				if (failures.get(i) instanceof ConversionException failure) {
					throw (records.size() == 1) ? failure
							: new BatchListenerFailedException("A payload cannot be converted", failure, i);
				}
			}
		}
		return message;
	}

	@Override
	public List<ProducerRecord<?, ?>> fromMessage(Message<?> message, String defaultTopic) {
		return this.delegate.fromMessage(message, defaultTopic);
	}

	@Override
	public @Nullable RecordMessageConverter getRecordMessageConverter() {
		return this.delegate.getRecordMessageConverter();
	}

}
