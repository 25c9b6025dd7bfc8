// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.stream.Stream;

import dev.idempotency.delivery.FailureClassifier.Fault;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.kafka.KafkaException;
import org.springframework.kafka.listener.ListenerExecutionFailedException;
import org.springframework.kafka.support.converter.ConversionException;
import org.springframework.kafka.support.serializer.DeserializationException;
import org.springframework.messaging.converter.MessageConversionException;

import static org.assertj.core.api.Assertions.assertThat;

class KafkaFailuresTests {

	static Stream<Exception> unreadable() {
		return Stream.of(new DeserializationException("no", new byte[0], false, new IllegalStateException()),
				new MessageConversionException("no"), new ConversionException("no", new IllegalStateException()));
	}

	@ParameterizedTest
	@MethodSource("unreadable")
	void messageThatCannotBeReadIsUnreadable(Exception failure) {
		assertThat(KafkaFailures.classify(failure)).isEqualTo(Fault.UNREADABLE);
		assertThat(KafkaFailures.classify(listener(failure))).isEqualTo(Fault.UNREADABLE);
		assertThat(KafkaFailures.classify(listener(listener(failure)))).isEqualTo(Fault.UNREADABLE);
	}

	@ParameterizedTest
	@MethodSource("unreadable")
	void whatBusinessCodeCannotReadIsNotTheMessage(Exception failure) {
		assertThat(KafkaFailures.classify(listener(new IllegalStateException(failure)))).isNull();
		assertThat(KafkaFailures.unreadable(listener(new IllegalStateException(failure)))).isNull();
	}

	static Stream<Exception> infrastructure() {
		return Stream.of(new CommitFailedException("late"), new RetriableCommitFailedException("later"),
				new RebalanceInProgressException("moving"), new TimeoutException("no broker"),
				new KafkaException("send failed", new TimeoutException("no broker")));
	}

	@ParameterizedTest
	@MethodSource("infrastructure")
	void brokerAtFaultIsInfrastructure(Exception failure) {
		assertThat(KafkaFailures.classify(failure)).isEqualTo(Fault.INFRASTRUCTURE);
		assertThat(KafkaFailures.classify(listener(failure))).isEqualTo(Fault.INFRASTRUCTURE);
	}

	@Test
	void nothingIsSaidOfTheRest() {
		assertThat(KafkaFailures.classify(listener(new IllegalArgumentException("business")))).isNull();
		assertThat(KafkaFailures.classify(listener(new RecordTooLargeException("sent by business code")))).isNull();
	}

	@Test
	void causesThatPointAtThemselvesEnd() {
		assertThat(KafkaFailures.classify(new Circular())).isNull();
	}

	private static Exception listener(Exception cause) {
		return new ListenerExecutionFailedException("Listener failed", cause);
	}

	private static final class Circular extends RuntimeException {

		@Override
		public synchronized Throwable getCause() {
			return this;
		}

	}

}
