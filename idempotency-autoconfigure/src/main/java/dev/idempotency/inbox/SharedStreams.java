// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

/**
 * Streams nobody owns, because consumers compete for their messages.
 */
public interface SharedStreams {

	/**
	 * Whether rows of numbered messages are folded into the positions of their streams.
	 * @return {@code false} if only rows per id can tell repetitions
	 */
	boolean folds();

	/**
	 * Makes a stream known, in a transaction of its own. To be called before a message of
	 * it is claimed; once a stream is known here it costs nothing.
	 * @param stream the stream
	 */
	void share(Stream stream);

}
