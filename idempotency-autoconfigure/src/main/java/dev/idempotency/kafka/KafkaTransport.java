// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

import dev.idempotency.flow.Contradiction;
import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.relay.Partitioning;
import dev.idempotency.relay.SendResult;
import dev.idempotency.relay.Transport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends outbox messages to Kafka topics: acknowledged by all in-sync replicas, by an
 * idempotent producer of its own, as CloudEvents 1.0 in binary mode. The record key is
 * the message key in UTF-8, so order per key is order within a partition.
 * <p>
 * A producer that failed for good is replaced; what it had in flight ends as
 * {@link SendResult.Unavailable} and is sent again with the same id, which a consumer may
 * see twice.
 */
public final class KafkaTransport implements Transport, AutoCloseable {

	/** What this transport is called in destinations. */
	public static final String NAME = "kafka";

	private static final Logger logger = LoggerFactory.getLogger(KafkaTransport.class);

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

	private final RelayProducerSettings settings;

	private final Function<Map<String, Object>, Producer<byte[], byte[]>> producers;

	private final TopicPartitioning partitioning;

	private final Object lock = new Object();

	private @Nullable Producer<byte[], byte[]> producer;

	private boolean closed;

	/**
	 * Creates the transport; connects when the first message is sent.
	 * @param producerProperties the application's producer properties; what the relay's
	 * guarantee rests on is set over them
	 */
	public KafkaTransport(Map<String, Object> producerProperties) {
		this(producerProperties, KafkaProducer::new);
	}

	KafkaTransport(Map<String, Object> producerProperties,
			Function<Map<String, Object>, Producer<byte[], byte[]>> producers) {
		this.settings = RelayProducerSettings.of(producerProperties);
		this.producers = producers;
		this.partitioning = new TopicPartitioning(this.settings.properties(), this::producer);
		this.settings.contradictions().forEach((contradiction) -> logger.warn("{}", contradiction));
	}

	@Override
	public String name() {
		return NAME;
	}

	/**
	 * {@inheritDoc} Per topic partition, unless the application has a partitioner of its
	 * own.
	 */
	@Override
	public Partitioning partitioning() {
		return this.partitioning;
	}

	/**
	 * Properties of the application that the relay could not follow, because a message
	 * could get lost with them.
	 * @return what was set, and what the relay uses in its place
	 */
	public List<Contradiction> contradictions() {
		return this.settings.contradictions();
	}

	@Override
	public CompletionStage<SendResult> send(OutboxRecord message) {
		CompletableFuture<SendResult> result = new CompletableFuture<>();
		Producer<byte[], byte[]> used = null;
		try {
			used = producer();
			Producer<byte[], byte[]> sender = used;
			sender.send(WireFormat.record(message, this.partitioning.of(message, sender)), (metadata, failure) -> result
				.complete((failure == null) ? new SendResult.Confirmed() : judge(sender, failure)));
		}
		catch (RuntimeException ex) {
			result.complete(judge(used, ex));
		}
		return result;
	}

	private SendResult judge(@Nullable Producer<byte[], byte[]> used, Exception failure) {
		if (SendFailures.isFatal(failure)) {
			replace(used, failure);
		}
		return SendFailures.isRefusal(failure) ? new SendResult.Refused(failure) : new SendResult.Unavailable(failure);
	}

	private Producer<byte[], byte[]> producer() {
		synchronized (this.lock) {
			if (this.closed) {
				throw new IllegalStateException("The Kafka transport is closed");
			}
			Producer<byte[], byte[]> current = this.producer;
			if (current == null) {
				current = this.producers.apply(this.settings.properties());
				this.producer = current;
			}
			return current;
		}
	}

	private void replace(@Nullable Producer<byte[], byte[]> failed, Exception cause) {
		synchronized (this.lock) {
			if (failed == null || this.producer != failed) {
				return;
			}
			this.producer = null;
		}
		logger.warn("The Kafka producer of the outbox failed for good and is replaced", cause);
		failed.close(Duration.ZERO);
	}

	/**
	 * Sends what is in flight, waits a few seconds for the answers, and sends nothing
	 * more.
	 */
	@Override
	public void close() {
		Producer<byte[], byte[]> last;
		synchronized (this.lock) {
			this.closed = true;
			last = this.producer;
			this.producer = null;
		}
		if (last != null) {
			last.close(CLOSE_TIMEOUT);
		}
	}

}
