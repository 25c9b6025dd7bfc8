// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

import dev.idempotency.effect.Position;
import dev.idempotency.outbox.CloudEvents;
import dev.idempotency.outbox.OutboxRecord;
import org.jspecify.annotations.Nullable;

/**
 * A message as a broker delivered it.
 *
 * @param transport {@code kafka}, {@code rabbit} or the like
 * @param channel topic or queue it came from
 * @param position where exactly, for people and for weak identities: {@code orders-0@42}
 * @param positionIsIdentity whether the position stays the same when the message is
 * redelivered
 * @param messageId id the broker's own message format carries, AMQP {@code message_id}
 * @param key record key or routing key
 * @param headers headers in text form; those of the CloudEvents binding without its
 * prefix are in {@code attributes}
 * @param attributes CloudEvents context attributes
 * @param content the payload, for the fingerprint
 * @param original the message to send again, asked for only when it is set aside
 * @param redelivered whether the broker says that it may have been delivered before
 * @param place place in a stream by which the flow of its listener knows a repetition,
 * {@code null} if the identity alone tells
 */
public record Delivery(String transport, String channel, String position, boolean positionIsIdentity,
		@Nullable String messageId, @Nullable String key, Map<String, String> headers, Map<String, String> attributes,
		@Nullable Object content, Supplier<Original> original, boolean redelivered, @Nullable Position place) {

	/**
	 * Transport of a request whose caller chose its id. It identifies the effect of its
	 * own handler only, never one further in.
	 */
	public static final String HTTP = "http";

	/**
	 * Header that addresses a replayed message to one flow; the listeners of other flows
	 * pass it over.
	 */
	public static final String FLOW_HEADER = OutboxRecord.FLOW_HEADER;

	public Delivery {
		Objects.requireNonNull(transport, "transport");
		Objects.requireNonNull(channel, "channel");
		Objects.requireNonNull(position, "position");
		headers = Map.copyOf(headers);
		attributes = Map.copyOf(attributes);
	}

	/**
	 * A message without a place.
	 * @param transport {@code kafka}, {@code rabbit} or the like
	 * @param channel topic or queue it came from
	 * @param position where exactly, for people and for weak identities
	 * @param positionIsIdentity whether the position stays the same when the message is
	 * redelivered
	 * @param messageId id the broker's own message format carries
	 * @param key record key or routing key
	 * @param headers headers in text form
	 * @param attributes CloudEvents context attributes
	 * @param content the payload, for the fingerprint
	 * @param original the message to send again
	 * @param redelivered whether the broker says that it may have been delivered before
	 */
	public Delivery(String transport, String channel, String position, boolean positionIsIdentity,
			@Nullable String messageId, @Nullable String key, Map<String, String> headers,
			Map<String, String> attributes, @Nullable Object content, Supplier<Original> original,
			boolean redelivered) {
		this(transport, channel, position, positionIsIdentity, messageId, key, headers, attributes, content, original,
				redelivered, null);
	}

	/**
	 * The same message with a place.
	 * @param found the place, {@code null} for none
	 * @return the message
	 */
	public Delivery at(@Nullable Position found) {
		return (found == null) ? this
				: new Delivery(this.transport, this.channel, this.position, this.positionIsIdentity, this.messageId,
						this.key, this.headers, this.attributes, this.content, this.original, this.redelivered, found);
	}

	/**
	 * The same message without a place.
	 * @return the message
	 */
	public Delivery anywhere() {
		return (this.place == null) ? this
				: new Delivery(this.transport, this.channel, this.position, this.positionIsIdentity, this.messageId,
						this.key, this.headers, this.attributes, this.content, this.original, this.redelivered);
	}

	/**
	 * Whether an operator sent this message again, to one flow.
	 * @return {@code true} if it is addressed to a flow
	 */
	public boolean isReplay() {
		return this.headers.containsKey(FLOW_HEADER);
	}

	/**
	 * Whether a relay only says how far a silent stream has come.
	 * @return {@code true} if this is no message for an application
	 */
	public boolean isHeartbeat() {
		return CloudEvents.HEARTBEAT.equals(this.attributes.get("type"));
	}

	/**
	 * Whether a flow should handle this message.
	 * @param flow the flow
	 * @return {@code false} if it is addressed to another flow, or to none
	 */
	public boolean addressedTo(String flow) {
		String addressee = this.headers.get(FLOW_HEADER);
		return !isHeartbeat() && (addressee == null || addressee.equals(flow));
	}

	/**
	 * A message as it can be sent again and read like the first time.
	 *
	 * @param key its key in a form that is turned back into the same bytes, {@code null}
	 * if that of the delivery is
	 * @param headers what a reader needs and the broker's client took away
	 * @param body its bytes
	 */
	public record Original(@Nullable String key, Map<String, String> headers, byte[] body) {

		public Original {
			headers = Map.copyOf(headers);
		}

		/**
		 * A message of which nothing but the bytes is missing in its delivery.
		 * @param body its bytes
		 */
		public Original(byte[] body) {
			this(null, Map.of(), body);
		}

	}

}
