// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Duration;

import dev.idempotency.flow.FlowPolicy;
import org.jspecify.annotations.Nullable;

/**
 * How many records share a transaction: few at first, twice as many as long as that stays
 * within the time, fewer when it does not. Claims are made before the bodies run, so a
 * group cannot be cut short while it runs. Where nothing bounds it, it is what a poll
 * returns, until a transaction fails through no fault of its records: a smaller one may
 * be in nobody's way.
 */
final class GroupSize {

	static final int FIRST = 16;

	private static final int SMALLEST = 2;

	private final int most;

	private final @Nullable Duration time;

	private int size;

	/**
	 * Creates a size.
	 * @param group the bounds, {@code null} for whatever a poll returns
	 */
	GroupSize(FlowPolicy.@Nullable Group group) {
		this.most = (group != null) ? group.maxRecords() : Integer.MAX_VALUE;
		this.time = (group != null) ? group.maxTime() : null;
		this.size = (group != null) ? Math.min(FIRST, this.most) : this.most;
	}

	int now() {
		return this.size;
	}

	/**
	 * Learns from a group that was applied. One that was small for want of records says
	 * little.
	 */
	void applied(int records, Duration took) {
		long fits = (this.time != null) ? records * this.time.toMillis() / Math.max(1, took.toMillis()) : this.most;
		if (fits < this.size) {
			set(fits);
		}
		else {
			set(Math.max(this.size, Math.min(fits, 2L * records)));
		}
	}

	/**
	 * Learns from a group that failed though its records may be fine.
	 */
	void failed(int records) {
		set(records / 2);
	}

	private void set(long wanted) {
		this.size = (int) Math.max(SMALLEST, Math.min(wanted, this.most));
	}

}
