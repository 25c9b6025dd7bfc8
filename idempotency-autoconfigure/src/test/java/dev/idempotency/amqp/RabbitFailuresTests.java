// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.net.ConnectException;
import java.util.stream.Stream;

import dev.idempotency.delivery.FailureClassifier.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.amqp.AmqpConnectException;
import org.springframework.amqp.AmqpIOException;
import org.springframework.amqp.AmqpTimeoutException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.listener.ListenerExecutionFailedException;
import org.springframework.amqp.support.converter.MessageConversionException;

import static org.assertj.core.api.Assertions.assertThat;

class RabbitFailuresTests {

	static Stream<Throwable> brokerFailures() {
		return Stream.of(new AmqpConnectException(new ConnectException()),
				new AmqpIOException("gone", new java.io.IOException()), new AmqpTimeoutException("late"));
	}

	@ParameterizedTest
	@MethodSource("brokerFailures")
	void brokerIsAtFault(Throwable failure) {
		assertThat(RabbitFailures.classify(wrapped(failure))).isEqualTo(Fault.INFRASTRUCTURE);
	}

	@Test
	void conversionMakesTheMessageUnreadable() {
		assertThat(RabbitFailures.classify(wrapped(new MessageConversionException("no JSON"))))
			.isEqualTo(Fault.UNREADABLE);
		assertThat(RabbitFailures
			.classify(wrapped(new org.springframework.messaging.converter.MessageConversionException("no such type"))))
			.isEqualTo(Fault.UNREADABLE);
	}

	@Test
	void nothingIsSaidOfOtherFailures() {
		assertThat(RabbitFailures.classify(wrapped(new IllegalStateException("sold out")))).isNull();
	}

	private static ListenerExecutionFailedException wrapped(Throwable cause) {
		return new ListenerExecutionFailedException("Listener failed", cause, new Message(new byte[0]));
	}

}
