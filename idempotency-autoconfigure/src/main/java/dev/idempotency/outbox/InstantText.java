// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.outbox;

import java.time.Instant;

/**
 * Instants in ISO 8601, to the microsecond. Messages that are relayed together were
 * mostly written in the same second, whose text is made once.
 */
final class InstantText {

	private static final int NANOS_PER_MICRO = 1_000;

	private static final int MICROS_PER_MILLI = 1_000;

	private static final int MICROS_PER_SECOND = 1_000_000;

	private static volatile Second last = Second.of(0);

	private InstantText() {
	}

	/**
	 * What {@link Instant#toString()} says of the instant without its nanoseconds.
	 */
	static String of(Instant instant) {
		Second second = last;
		if (second.epoch() != instant.getEpochSecond()) {
			second = Second.of(instant.getEpochSecond());
			last = second;
		}
		int micros = instant.getNano() / NANOS_PER_MICRO;
		if (micros == 0) {
			return second.text() + 'Z';
		}
		boolean millis = micros % MICROS_PER_MILLI == 0;
		String digits = Integer
			.toString(millis ? (MICROS_PER_SECOND + micros) / MICROS_PER_MILLI : MICROS_PER_SECOND + micros);
		return second.text() + '.' + digits.substring(1) + 'Z';
	}

	/**
	 * A second and its text, without the zone.
	 */
	private record Second(long epoch, String text) {

		static Second of(long epoch) {
			String text = Instant.ofEpochSecond(epoch).toString();
			return new Second(epoch, text.substring(0, text.length() - 1));
		}

	}

}
