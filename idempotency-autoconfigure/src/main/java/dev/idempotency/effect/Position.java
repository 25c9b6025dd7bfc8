// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import java.util.Objects;

/**
 * Place of a message in a stream that one consumer sees in one order. Where a call has
 * one, a repetition is known by it instead of by a row per message.
 */
public sealed interface Position {

	/**
	 * Name of the stream. What has another name is another stream, with places of its
	 * own.
	 * @return the name, unique within a flow
	 */
	String stream();

	/**
	 * Place of a message in a stream of one producer.
	 *
	 * @param stream the stream
	 * @param sequence the gap-free number, from 1
	 */
	record Sequence(String stream, long sequence) implements Position {

		public Sequence {
			Objects.requireNonNull(stream, "stream");
			if (sequence < 1) {
				throw new IllegalArgumentException("A sequence begins at 1, not at " + sequence);
			}
		}

		/**
		 * Creates a place.
		 * @param source the producer, CloudEvents {@code source}
		 * @param name the stream within the source
		 * @param epoch the life of the numbering; a new one begins at 1
		 * @param sequence the gap-free number, from 1
		 * @return the place
		 */
		public static Sequence of(String source, String name, String epoch, long sequence) {
			return new Sequence(
					"sequence:" + source.length() + ":" + source + "/" + name.length() + ":" + name + "/" + epoch,
					sequence);
		}

	}

	/**
	 * Place of a message in a stream whose consumers compete for a queue, so that it
	 * comes in any order. The key decides whether it is a repetition; once the message is
	 * accounted for by its number, the number does.
	 *
	 * @param number the place
	 */
	record Unordered(Sequence number) implements Position {

		@Override
		public String stream() {
			return this.number.stream();
		}

	}

	/**
	 * Place of a record in a log whose offsets grow. After an unclean election of a
	 * leader offsets are given again, in a higher epoch.
	 *
	 * @param stream the log; a log that was deleted and made again has another name
	 * @param leaderEpoch epoch in which the record was appended, {@code -1} if the broker
	 * does not say
	 * @param offset its offset, from 0
	 */
	record Offset(String stream, int leaderEpoch, long offset) implements Position {

		public Offset {
			Objects.requireNonNull(stream, "stream");
			if (leaderEpoch < -1 || offset < 0) {
				throw new IllegalArgumentException("No such place: leader epoch " + leaderEpoch + ", offset " + offset);
			}
		}

	}

}
