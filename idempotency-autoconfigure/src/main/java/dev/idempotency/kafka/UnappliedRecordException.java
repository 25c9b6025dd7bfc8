// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.Objects;

import dev.idempotency.effect.EffectGroupException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.ListenerExecutionFailedException;

/**
 * Names the first record of a poll that was not applied. Those before it were, those
 * after it were not tried.
 */
final class UnappliedRecordException extends RuntimeException {

	private final transient ConsumerRecord<?, ?> record;

	private UnappliedRecordException(ConsumerRecord<?, ?> record, Exception failure) {
		super(failure);
		this.record = record;
	}

	/**
	 * An exception for what a listener threw.
	 * @throws Error if that is one, so that the container stops
	 */
	static UnappliedRecordException of(ConsumerRecord<?, ?> record, Throwable failure) {
		Throwable cause = (failure instanceof EffectGroupException group && group.getCause() != null) ? group.getCause()
				: failure;
		if (cause instanceof Error error) {
			throw error;
		}
		return new UnappliedRecordException(record, (cause instanceof Exception exception) ? exception
				: new ListenerExecutionFailedException("The listener failed", cause));
	}

	/**
	 * Finds it in what a container makes of it.
	 */
	static @Nullable UnappliedRecordException in(Throwable thrown) {
		for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
			if (cause instanceof UnappliedRecordException found) {
				return found;
			}
		}
		return null;
	}

	Exception failure() {
		return (Exception) Objects.requireNonNull(getCause());
	}

	boolean isFor(ConsumerRecord<?, ?> other) {
		return this.record.offset() == other.offset() && this.record.partition() == other.partition()
				&& this.record.topic().equals(other.topic());
	}

}
