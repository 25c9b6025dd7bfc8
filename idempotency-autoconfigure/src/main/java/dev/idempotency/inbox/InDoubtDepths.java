// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import dev.idempotency.inbox.DoubtStore.Depth;

/**
 * How many effects were in doubt when they were last counted. Reading costs no query:
 * indicators, gauges and health all show what one loop counts.
 */
public final class InDoubtDepths {

	private final DoubtStore doubts;

	private final List<Consumer<Map<String, Depth>>> listeners = new CopyOnWriteArrayList<>();

	private volatile Map<String, Depth> last = Map.of();

	/**
	 * Creates a count of nothing.
	 * @param doubts counts
	 */
	public InDoubtDepths(DoubtStore doubts) {
		this.doubts = doubts;
	}

	/**
	 * Tells somebody every count.
	 * @param listener hears counts by flow
	 */
	public void onCount(Consumer<Map<String, Depth>> listener) {
		this.listeners.add(listener);
	}

	/**
	 * Counts.
	 */
	public void count() {
		Map<String, Depth> now = Map.copyOf(this.doubts.depths());
		this.last = now;
		this.listeners.forEach((listener) -> listener.accept(now));
	}

	/**
	 * The last count.
	 * @return by flow; a flow without any is not in it
	 */
	public Map<String, Depth> last() {
		return this.last;
	}

}
