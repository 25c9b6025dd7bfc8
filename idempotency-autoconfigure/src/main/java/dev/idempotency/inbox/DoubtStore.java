// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.InDoubtEffect;
import org.jspecify.annotations.Nullable;

/**
 * Reads the effects in doubt.
 */
public interface DoubtStore {

	/**
	 * The effects that wait longest.
	 * @param limit how many at most
	 * @return the oldest first
	 */
	List<InDoubtEffect> oldest(int limit);

	/**
	 * The effect behind an id.
	 * @param id names the doubt
	 * @return its key, {@code null} if it is no longer in this doubt
	 */
	@Nullable EffectKey keyOf(ClaimId id);

	/**
	 * Takes effects that a reconciler is to be asked about. Nobody else gets them for a
	 * while.
	 * @param flows flows that have a reconciler
	 * @param pause how long nobody else gets them
	 * @param limit how many at most
	 * @return those that were taken here, the oldest first
	 */
	List<InDoubtEffect> toAsk(Collection<String> flows, Duration pause, int limit);

	/**
	 * How many are in doubt, and since when.
	 * @return by flow; a flow without any is not in it
	 */
	Map<String, Depth> depths();

	/**
	 * How much is in doubt in a flow.
	 *
	 * @param count how many effects
	 * @param oldest age of the oldest
	 */
	record Depth(long count, Duration oldest) {

		/** Nothing. */
		public static final Depth NONE = new Depth(0, Duration.ZERO);

	}

}
