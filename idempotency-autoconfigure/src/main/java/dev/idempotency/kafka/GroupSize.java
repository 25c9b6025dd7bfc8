// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Duration;

import dev.idempotency.flow.FlowPolicy;
import org.jspecify.annotations.Nullable;

/**
 * How many records share a transaction: few at first, twice as many as long as that stays
 * within the time, fewer when it does not. Claims are made before the bodies run, so a
 * group cannot be cut short while it runs.
 */
final class GroupSize {

	static final int FIRST = 16;

	private final FlowPolicy.@Nullable Group bounds;

	private int size = FIRST;

	/**
	 * Creates a size.
	 * @param group the bounds, {@code null} for whatever a poll returns
	 */
	GroupSize(FlowPolicy.@Nullable Group group) {
		this.bounds = group;
	}

	int now() {
		return (this.bounds != null) ? Math.min(this.size, this.bounds.maxRecords()) : Integer.MAX_VALUE;
	}

	/**
	 * Learns from a group that was applied.
	 */
	void applied(int records, Duration took) {
		if (this.bounds == null || records < 2) {
			return;
		}
		long fits = records * this.bounds.maxTime().toMillis() / Math.max(1, took.toMillis());
		this.size = (int) Math.max(2, Math.min(fits, Math.min(2L * records, this.bounds.maxRecords())));
	}

}
