// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.ShutdownSignalException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.amqp.AmqpException;
import org.springframework.amqp.rabbit.connection.Connection;

/**
 * A channel in confirm mode and what waits on it for the broker's answer. Messages are
 * published by one thread; answers arrive on the connection's thread. A message without a
 * route is returned before it is confirmed, so its publication knows by then.
 */
final class ConfirmingChannel {

	private static final Logger logger = LoggerFactory.getLogger(ConfirmingChannel.class);

	private final String exchange;

	private final Connection connection;

	private final Channel channel;

	private final ConcurrentNavigableMap<Long, Publication> waiting = new ConcurrentSkipListMap<>();

	/**
	 * Opens a channel.
	 * @param connection is given back with the channel, and the caller's if this fails
	 */
	ConfirmingChannel(Connection connection, String exchange) throws IOException {
		Channel opened = connection.getDelegate().createChannel();
		if (opened == null) {
			throw new AmqpException("The connection to RabbitMQ has no channel left for exchange '" + exchange
					+ "'; raise spring.rabbitmq.requested-channel-max");
		}
		this.exchange = exchange;
		this.connection = connection;
		this.channel = opened;
		this.channel.addReturnListener(this::returned);
		this.channel.addConfirmListener((number, multiple) -> confirmed(number, multiple, true),
				(number, multiple) -> confirmed(number, multiple, false));
		this.channel.addShutdownListener(this::closed);
		this.channel.confirmSelect();
	}

	boolean isOpen() {
		return this.channel.isOpen();
	}

	void publish(Publication publication) throws IOException {
		forgetTimedOut();
		long number = this.channel.getNextPublishSeqNo();
		this.waiting.put(number, publication);
		try {
			this.channel.basicPublish(this.exchange, publication.routingKey(), true, publication.properties(),
					publication.body());
		}
		catch (IOException | RuntimeException ex) {
			this.waiting.remove(number);
			throw ex;
		}
	}

	private void forgetTimedOut() {
		Map.Entry<Long, Publication> oldest = this.waiting.firstEntry();
		while (oldest != null && oldest.getValue().isDone()) {
			this.waiting.remove(oldest.getKey());
			oldest = this.waiting.firstEntry();
		}
	}

	/**
	 * A replay has the {@code message_id} of its original, or none; only its header is
	 * its own.
	 */
	private void returned(Return answer) {
		String id = String.valueOf(answer.getProperties().getHeaders().get(DeliveredMessage.EVENT_ID));
		for (Publication publication : this.waiting.values()) {
			if (publication.id().equals(id)) {
				publication.returned(answer.getReplyCode() + " " + answer.getReplyText());
			}
		}
	}

	private void confirmed(long number, boolean multiple, boolean taken) {
		Collection<Publication> answered = List.of();
		if (multiple) {
			Map<Long, Publication> upTo = this.waiting.headMap(number, true);
			answered = List.copyOf(upTo.values());
			upTo.clear();
		}
		else {
			Publication publication = this.waiting.remove(number);
			answered = (publication != null) ? List.of(publication) : answered;
		}
		answered.forEach((publication) -> publication.answered(taken));
	}

	private void closed(ShutdownSignalException signal) {
		AmqpException explained = Closings.explain(this.exchange, signal);
		int tooLarge = Closings.tooLargeBody(signal);
		for (Publication publication : this.waiting.values()) {
			if (publication.body().length == tooLarge) {
				publication.refused(explained);
			}
			else {
				publication.unavailable(explained);
			}
		}
		this.waiting.clear();
	}

	/**
	 * Ends what waits, closes the channel and gives its connection back, without waiting
	 * for the broker, which may have fallen silent.
	 */
	void abandon() {
		AmqpException abandoned = new AmqpException("The channel of exchange '" + this.exchange + "' is closed");
		this.waiting.values().forEach((publication) -> publication.unavailable(abandoned));
		this.waiting.clear();
		if (!isOpen()) {
			giveBack();
			return;
		}
		Thread closer = new Thread(this::abort, "idempotency-rabbit-closer");
		closer.setDaemon(true);
		closer.start();
	}

	private void abort() {
		try {
			this.channel.abort();
		}
		catch (IOException ex) {
			logger.debug("Channel for exchange '{}' was gone before it was closed", this.exchange, ex);
		}
		finally {
			giveBack();
		}
	}

	private void giveBack() {
		try {
			this.connection.close();
		}
		catch (RuntimeException ex) {
			logger.debug("The connection of exchange '{}' could not be given back", this.exchange, ex);
		}
	}

}
