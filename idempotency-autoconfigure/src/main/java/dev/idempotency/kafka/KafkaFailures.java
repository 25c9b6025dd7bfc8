// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.Set;

import dev.idempotency.delivery.FailureClassifier.Fault;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.ListenerExecutionFailedException;
import org.springframework.kafka.support.converter.ConversionException;
import org.springframework.kafka.support.serializer.DeserializationException;
import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.messaging.handler.invocation.MethodArgumentResolutionException;

/**
 * What exceptions of Kafka and of its listener containers say about a message. Knows
 * nothing of databases; meant to be asked before or after others that do.
 */
public final class KafkaFailures {

	private static final Set<Class<? extends Throwable>> UNREADABLE = Set.of(RecordDeserializationException.class,
			DeserializationException.class, ConversionException.class, MessageConversionException.class,
			MethodArgumentResolutionException.class);

	private static final Set<Class<? extends Throwable>> INFRASTRUCTURE = Set.of(CommitFailedException.class,
			RebalanceInProgressException.class, RetriableException.class, AuthenticationException.class,
			InterruptException.class, WakeupException.class);

	private KafkaFailures() {
	}

	/**
	 * Classifies a failure.
	 * @param failure what a listener or a container threw
	 * @return {@link Fault#UNREADABLE} if the message could not be turned into the
	 * listener's arguments, {@link Fault#INFRASTRUCTURE} if the broker was at fault,
	 * {@code null} if nothing here tells
	 */
	public static @Nullable Fault classify(Throwable failure) {
		if (isAny(UNREADABLE, unwrap(failure))) {
			return Fault.UNREADABLE;
		}
		for (Throwable cause = failure; cause != null; cause = next(cause)) {
			if (isAny(INFRASTRUCTURE, cause)) {
				return Fault.INFRASTRUCTURE;
			}
		}
		return null;
	}

	/**
	 * What an {@code ErrorHandlingDeserializer} left behind, if that is what failed.
	 */
	static @Nullable DeserializationException unreadable(Throwable failure) {
		return (unwrap(failure) instanceof DeserializationException unreadable) ? unreadable : null;
	}

	/**
	 * Whether a container threw it because an offset could not be committed. What a
	 * listener throws comes wrapped.
	 */
	static boolean isCommitFailure(Throwable failure) {
		return isLost(failure)
				|| (failure instanceof KafkaException && !(failure instanceof RecordDeserializationException));
	}

	/**
	 * Whether an offset could not be committed because somebody else has the partition,
	 * or is about to.
	 */
	static boolean isLost(Throwable failure) {
		return unwrap(failure) instanceof CommitFailedException || failure instanceof RebalanceInProgressException;
	}

	/**
	 * What the adapter threw. What lies deeper was thrown by business code, whose own
	 * conversions say nothing about the message.
	 */
	private static Throwable unwrap(Throwable failure) {
		Throwable inner = failure;
		while (inner instanceof ListenerExecutionFailedException && inner.getCause() != null) {
			inner = inner.getCause();
		}
		return inner;
	}

	private static @Nullable Throwable next(Throwable failure) {
		return (failure.getCause() != failure) ? failure.getCause() : null;
	}

	private static boolean isAny(Set<Class<? extends Throwable>> types, Throwable failure) {
		return types.stream().anyMatch((type) -> type.isInstance(failure));
	}

}
