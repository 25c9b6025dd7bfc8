// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.outbox;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Context attributes of CloudEvents 1.0 in binary mode, without the prefix each transport
 * binding adds.
 */
public final class CloudEvents {

	/** Identifies the event within its source. */
	public static final String ID = "id";

	/** Origin of the event. */
	public static final String SOURCE = "source";

	/** Stream of the producer the event has a place in. */
	public static final String STREAM = "stream";

	/** Life of the stream's numbering. */
	public static final String STREAM_EPOCH = "streamepoch";

	/** Gap-free number of the event in its stream and epoch. */
	public static final String SEQUENCE = "sequence";

	/** Number the next event of a stream will have; only heartbeats say it. */
	public static final String NEXT_SEQUENCE = "nextsequence";

	/**
	 * Type of a heartbeat, by which a relay says how far a silent stream has come. It is
	 * no event and has no number.
	 */
	public static final String HEARTBEAT = "dev.idempotency.heartbeat";

	private CloudEvents() {
	}

	/**
	 * The attributes of a message.
	 * @param message the message
	 * @return attribute names and values; the content type is left to the transport
	 * binding
	 */
	public static Map<String, String> attributes(OutboxRecord message) {
		Map<String, String> attributes = new LinkedHashMap<>();
		attributes(message, attributes::put);
		return attributes;
	}

	/**
	 * The attributes of a message, one after the other.
	 * @param message the message
	 * @param each takes the name and the value of each attribute; the content type is
	 * left to the transport binding
	 */
	public static void attributes(OutboxRecord message, BiConsumer<String, String> each) {
		each.accept("specversion", "1.0");
		each.accept(ID, message.id());
		each.accept(SOURCE, message.source());
		each.accept("type", message.type());
		each.accept("time", InstantText.of(message.time()));
		if (message.key() != null) {
			each.accept("partitionkey", message.key());
		}
		Placement place = message.placement();
		if (place != null) {
			StreamPosition position = place.position();
			each.accept(STREAM, position.stream());
			each.accept(STREAM_EPOCH, position.epoch());
			each.accept(message.isHeartbeat() ? NEXT_SEQUENCE : SEQUENCE, position.number());
		}
	}

	/**
	 * The attributes of a replay: those of the original, with the identity under which it
	 * was handled before, and without its place: others would take the replay for the
	 * original.
	 * @param message the message
	 * @param original attributes of the original, if it was an event
	 * @return attribute names and values
	 */
	public static Map<String, String> attributes(OutboxRecord message, Map<String, String> original) {
		Map<String, String> attributes = new LinkedHashMap<>(original);
		attributes.keySet().removeAll(Set.of(STREAM, STREAM_EPOCH, SEQUENCE));
		attributes.putIfAbsent("specversion", "1.0");
		attributes.putIfAbsent("type", message.type());
		attributes.put(ID, message.id());
		attributes.put(SOURCE, message.source());
		return attributes;
	}

	/**
	 * Headers that only a transport binding or a replay may write. A message that is sent
	 * on with the headers it came with must not carry the identity of its cause, nor be
	 * addressed to its flow.
	 */
	static boolean isReserved(String header) {
		String name = header.toLowerCase(Locale.ROOT);
		return name.startsWith("ce_") || name.startsWith("cloudevents") || name.equals("content-type")
				|| name.equals(OutboxRecord.FLOW_HEADER) || name.equals(OutboxRecord.SIGNATURE_HEADER);
	}

}
