// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.outbox;

import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Place of a message in a stream of its producer, as it travels in CloudEvents extension
 * attributes.
 *
 * @param stream names the stream within its source
 * @param epoch names the life of the numbering; a new one begins at 1
 * @param sequence the gap-free number, from 1
 */
public record StreamPosition(String stream, String epoch, long sequence) {

	private static final String ZEROS = "0".repeat(19);

	private static final Pattern NUMBER = Pattern.compile("[0-9]{1,19}");

	public StreamPosition {
		Objects.requireNonNull(stream, "stream");
		Objects.requireNonNull(epoch, "epoch");
		if (sequence < 1) {
			throw new IllegalArgumentException("A sequence begins at 1, not at " + sequence);
		}
	}

	/**
	 * The place as attributes.
	 * @return names and values; the number has 19 digits, so that its text sorts like it
	 */
	public Map<String, String> attributes() {
		return Map.of(CloudEvents.STREAM, this.stream, CloudEvents.STREAM_EPOCH, this.epoch, CloudEvents.SEQUENCE,
				number());
	}

	String number() {
		String number = Long.toString(this.sequence);
		return ZEROS.substring(number.length()) + number;
	}

	/**
	 * Reads a place from attributes.
	 * @param attributes CloudEvents context attributes
	 * @return the place, {@code null} if the message has none or one that cannot be read
	 */
	public static @Nullable StreamPosition from(Map<String, String> attributes) {
		return from(attributes, CloudEvents.SEQUENCE);
	}

	/**
	 * Reads from a heartbeat the place the next message of the stream will have.
	 * @param attributes CloudEvents context attributes
	 * @return the place, {@code null} if it is none
	 */
	public static @Nullable StreamPosition next(Map<String, String> attributes) {
		return from(attributes, CloudEvents.NEXT_SEQUENCE);
	}

	private static @Nullable StreamPosition from(Map<String, String> attributes, String sequenceName) {
		String stream = attributes.get(CloudEvents.STREAM);
		String epoch = attributes.get(CloudEvents.STREAM_EPOCH);
		String number = attributes.get(sequenceName);
		if (stream == null || epoch == null || number == null || !NUMBER.matcher(number).matches()) {
			return null;
		}
		try {
			long sequence = Long.parseLong(number);
			return (sequence > 0) ? new StreamPosition(stream, epoch, sequence) : null;
		}
		catch (NumberFormatException ex) {
			return null;
		}
	}

}
