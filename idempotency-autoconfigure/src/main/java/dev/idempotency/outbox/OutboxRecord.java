// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.outbox;

import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A message as it is stored and relayed.
 *
 * @param position place in the store, 0 before it is inserted; rises in the order of
 * insertion
 * @param lane the lane its key belongs to
 * @param id the id on the wire
 * @param destination transport and address
 * @param route routing key, if any
 * @param key what order is kept by, {@code null} for none
 * @param type event type
 * @param source origin in which {@code id} is unique
 * @param time when it was written
 * @param headers further headers, trace context included
 * @param contentType media type of the body
 * @param body the encoded payload
 * @param attempts how often the broker refused it
 * @param placement where it is published and under which number, {@code null} if it has
 * none
 */
public record OutboxRecord(long position, int lane, String id, String destination, @Nullable String route,
		@Nullable String key, String type, String source, Instant time, Map<String, String> headers, String contentType,
		byte[] body, int attempts, @Nullable Placement placement) {

	/**
	 * Header that addresses a message to one flow. Only replays of messages set aside
	 * carry it: their headers are those of the original.
	 */
	public static final String FLOW_HEADER = "idempotency-flow";

	/** Header that carries the signature of source and id. */
	public static final String SIGNATURE_HEADER = "idempotency-signature";

	public OutboxRecord {
		headers = Map.copyOf(headers);
	}

	/**
	 * A message without a number.
	 * @param position place in the store, 0 before it is inserted
	 * @param lane the lane its key belongs to
	 * @param id the id on the wire
	 * @param destination transport and address
	 * @param route routing key, if any
	 * @param key what order is kept by, {@code null} for none
	 * @param type event type
	 * @param source origin in which {@code id} is unique
	 * @param time when it was written
	 * @param headers further headers, trace context included
	 * @param contentType media type of the body
	 * @param body the encoded payload
	 * @param attempts how often the broker refused it
	 */
	public OutboxRecord(long position, int lane, String id, String destination, @Nullable String route,
			@Nullable String key, String type, String source, Instant time, Map<String, String> headers,
			String contentType, byte[] body, int attempts) {
		this(position, lane, id, destination, route, key, type, source, time, headers, contentType, body, attempts,
				null);
	}

	/**
	 * The same message with a number.
	 * @param place where it is published and under which number
	 * @return the message
	 */
	public OutboxRecord at(Placement place) {
		return new OutboxRecord(this.position, this.lane, this.id, this.destination, this.route, this.key, this.type,
				this.source, this.time, this.headers, this.contentType, this.body, this.attempts, place);
	}

	/**
	 * What brokers that route by a key route by: the route, else the key.
	 * @return the routing key, empty if it has neither
	 */
	public String routingKey() {
		String first = (this.route != null) ? this.route : this.key;
		return (first != null) ? first : "";
	}

	/**
	 * Whether the relay made this to say how far a silent stream has come.
	 * @return {@code true} if it is no message of the application; its number is the next
	 */
	public boolean isHeartbeat() {
		return this.type.equals(CloudEvents.HEARTBEAT);
	}

	/**
	 * Whether this is a message set aside that goes to its flow again.
	 * @return {@code true} if its headers are those of the original, in text form
	 */
	public boolean isReplay() {
		return this.headers.containsKey(FLOW_HEADER);
	}

	/**
	 * The part of the destination before the colon.
	 * @return name of the transport
	 */
	public String transport() {
		return Destinations.transport(this.destination);
	}

	/**
	 * The part of the destination behind the colon.
	 * @return topic, exchange or the like
	 */
	public String address() {
		return Destinations.address(this.destination);
	}

}
