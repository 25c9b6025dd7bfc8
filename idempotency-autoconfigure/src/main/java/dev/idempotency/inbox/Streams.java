// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import org.jspecify.annotations.Nullable;

/**
 * What this process knows of the streams it owns. Knowledge is dropped whenever a
 * transaction based on it did not certainly commit; the stream is then taken again, which
 * reads the truth. So is it between two threads that both believe they own a stream: the
 * database lets one of them commit, the other learns from it.
 */
public final class Streams {

	private final ConcurrentMap<Stream, Progress> known = new ConcurrentHashMap<>();

	/**
	 * What is known of a stream.
	 * @param stream the stream
	 * @return {@code null} if it has to be taken first
	 */
	public @Nullable Progress known(Stream stream) {
		return this.known.get(stream);
	}

	/**
	 * Notes a stream that was taken.
	 * @param stream the stream
	 * @param progress what the database says of it
	 */
	public void taken(Stream stream, Progress progress) {
		this.known.merge(stream, progress, (before, now) -> (before.owner() > now.owner()) ? before : now);
	}

	/**
	 * Notes a step that committed.
	 * @param stream the stream
	 * @param step the step
	 */
	public void committed(Stream stream, Step step) {
		if (!this.known.replace(stream, step.from(), step.to())) {
			drop(stream, step);
		}
	}

	/**
	 * Drops what a step that did not certainly commit was based on.
	 * @param stream the stream
	 * @param step the step
	 */
	public void drop(Stream stream, Step step) {
		this.known.computeIfPresent(stream,
				(same, progress) -> (progress.owner() <= step.from().owner()) ? null : progress);
	}

	/**
	 * Forgets a stream that somebody else consumes now.
	 * @param stream the stream
	 */
	public void forget(Stream stream) {
		this.known.remove(stream);
	}

}
