// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import dev.idempotency.relay.SendResult;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class KafkaTransportTests {

	private final List<MockProducer<byte[], byte[]>> producers = new ArrayList<>();

	private final KafkaTransport transport = new KafkaTransport(Map.of(), (properties) -> {
		MockProducer<byte[], byte[]> producer = new MockProducer<>(Cluster.empty(), false, null,
				new ByteArraySerializer(), new ByteArraySerializer());
		this.producers.add(producer);
		return producer;
	});

	@AfterEach
	void close() {
		this.transport.close();
	}

	@Test
	void confirmsOnlyWhenTheBrokerHasConfirmed() {
		CompletableFuture<SendResult> result = send();
		assertThat(result).isNotDone();
		this.producers.get(0).completeNext();
		assertThat(result).isCompletedWithValue(new SendResult.Confirmed());
	}

	static Stream<RuntimeException> refusals() {
		return Stream.of(new RecordTooLargeException("big"), new InvalidTopicException("bad name"),
				new TopicAuthorizationException("orders"), new PolicyViolationException("no"),
				new SerializationException("no"));
	}

	@ParameterizedTest
	@MethodSource("refusals")
	void refusalsUseUpAnAttempt(RuntimeException failure) {
		CompletableFuture<SendResult> result = send();
		this.producers.get(0).errorNext(failure);
		assertThat(result).isCompletedWithValue(new SendResult.Refused(failure));
		send();
		assertThat(this.producers).hasSize(1);
	}

	static Stream<RuntimeException> outages() {
		return Stream.of(new TimeoutException("expired"), new DisconnectException("gone"),
				new UnknownTopicOrPartitionException("missing"), new NotEnoughReplicasException("1 of 3"),
				new UnknownServerException("?"));
	}

	@ParameterizedTest
	@MethodSource("outages")
	void outagesUseUpNone(RuntimeException failure) {
		CompletableFuture<SendResult> result = send();
		this.producers.get(0).errorNext(failure);
		assertThat(result).isCompletedWithValue(new SendResult.Unavailable(failure));
		send();
		assertThat(this.producers).hasSize(1);
	}

	static Stream<RuntimeException> fatalities() {
		return Stream.of(new ProducerFencedException("fenced"), new OutOfOrderSequenceException("gap"),
				new ClusterAuthorizationException("no idempotent write"), new AuthenticationException("password"),
				new KafkaException("in an error state"), new IllegalStateException("closed"));
	}

	@ParameterizedTest
	@MethodSource("fatalities")
	void producerThatFailedForGoodIsReplaced(RuntimeException failure) {
		CompletableFuture<SendResult> result = send();
		this.producers.get(0).errorNext(failure);
		assertThat(result).isCompletedWithValue(new SendResult.Unavailable(failure));
		assertThat(this.producers.get(0).closed()).isTrue();

		CompletableFuture<SendResult> next = send();
		this.producers.get(1).completeNext();
		assertThat(next).isCompletedWithValue(new SendResult.Confirmed());
	}

	@Test
	void whatSendThrowsIsAResult() {
		send();
		this.producers.get(0).sendException = new InterruptException("stop");
		assertThat(send()).isCompletedWithValueMatching(SendResult.Unavailable.class::isInstance);
		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.producers).hasSize(1);
	}

	@Test
	void lateFailuresOfAReplacedProducerDoNotReplaceItsSuccessor() {
		send();
		send();
		MockProducer<byte[], byte[]> first = this.producers.get(0);
		first.errorNext(new ProducerFencedException("fenced"));
		send();
		first.errorNext(new ProducerFencedException("fenced"));
		send();
		assertThat(this.producers).hasSize(2);
		assertThat(this.producers.get(1).closed()).isFalse();
	}

	@Test
	void closedTransportSendsNothing() {
		this.transport.close();
		assertThat(send()).isCompletedWithValueMatching(SendResult.Unavailable.class::isInstance);
		assertThat(this.producers).isEmpty();
	}

	private CompletableFuture<SendResult> send() {
		return this.transport.send(Outgoing.to("orders", "k", Map.of(), "{}")).toCompletableFuture();
	}

}
