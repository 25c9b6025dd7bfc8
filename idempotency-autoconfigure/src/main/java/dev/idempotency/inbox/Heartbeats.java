// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Gives signs of life while a body runs.
 */
@FunctionalInterface
public interface Heartbeats {

	/**
	 * Begins to beat.
	 * @param every pause between two beats
	 * @param beat gives one sign of life; {@code false} if none is needed any more. What
	 * it throws is logged, and the next beat comes all the same
	 * @return to be closed when the body has ended
	 */
	Running start(Duration every, BooleanSupplier beat);

	/**
	 * Beats until it is closed.
	 */
	interface Running extends AutoCloseable {

		@Override
		void close();

	}

}
