// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.util.List;

import com.rabbitmq.client.ShutdownSignalException;
import dev.idempotency.delivery.FailureClassifier.Fault;
import org.jspecify.annotations.Nullable;

import org.springframework.amqp.AmqpConnectException;
import org.springframework.amqp.AmqpIOException;
import org.springframework.amqp.AmqpResourceNotAvailableException;
import org.springframework.amqp.AmqpTimeoutException;
import org.springframework.amqp.support.converter.MessageConversionException;
import org.springframework.messaging.handler.annotation.support.MethodArgumentNotValidException;
import org.springframework.messaging.handler.annotation.support.MethodArgumentTypeMismatchException;

/**
 * Tells what is at fault when the failure comes from the RabbitMQ side of a listener.
 */
public final class RabbitFailures {

	private static final List<Class<? extends Throwable>> UNREADABLE = List.of(MessageConversionException.class,
			org.springframework.messaging.converter.MessageConversionException.class,
			MethodArgumentNotValidException.class, MethodArgumentTypeMismatchException.class);

	private static final List<Class<? extends Throwable>> INFRASTRUCTURE = List.of(AmqpConnectException.class,
			AmqpIOException.class, AmqpTimeoutException.class, AmqpResourceNotAvailableException.class,
			ShutdownSignalException.class);

	private RabbitFailures() {
	}

	/**
	 * Classifies a failure by the first exception of its chain of causes that speaks for
	 * RabbitMQ or for message conversion.
	 * @param failure what the listener or the container threw
	 * @return who is at fault, {@code null} if nothing in the chain says so
	 */
	public static @Nullable Fault classify(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (isOneOf(UNREADABLE, cause)) {
				return Fault.UNREADABLE;
			}
			if (isOneOf(INFRASTRUCTURE, cause)) {
				return Fault.INFRASTRUCTURE;
			}
		}
		return null;
	}

	private static boolean isOneOf(List<Class<? extends Throwable>> types, Throwable failure) {
		return types.stream().anyMatch((type) -> type.isInstance(failure));
	}

}
