// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.util.ArrayList;
import java.util.List;

/**
 * One or several messages of a stream further. Committed only where the stream is still
 * as it was when the step began, under the same owner.
 *
 * @param from where it begins
 * @param to where it ends
 * @param changes what happens to the holes, in this order
 */
public record Step(Progress from, Progress to, List<HoleChange> changes) {

	public Step {
		changes = List.copyOf(changes);
	}

	/**
	 * Whether the message fills a hole. What was in a hole may have been applied by its
	 * key, as a replay is, so that has to be asked as well.
	 * @return {@code true} if it fills one
	 */
	public boolean fills() {
		return this.changes.stream().anyMatch(HoleChange.Filled.class::isInstance);
	}

	/**
	 * This step and the one after it as one.
	 * @param next a step that begins where this one ends
	 * @return both
	 */
	public Step then(Step next) {
		if (next.from != this.to) {
			throw new IllegalArgumentException("A step from " + next.from + " cannot follow one to " + this.to);
		}
		List<HoleChange> all = new ArrayList<>(this.changes);
		all.addAll(next.changes);
		return new Step(this.from, next.to, all);
	}

}
