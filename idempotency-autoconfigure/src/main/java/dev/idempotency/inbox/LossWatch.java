// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports gaps once they are older than a message may be late, each once per process.
 */
public final class LossWatch {

	private static final Logger logger = LoggerFactory.getLogger(LossWatch.class);

	private static final int LIMIT = 1000;

	private final MissingMessages missing;

	private final EffectListener listener;

	private final Duration after;

	private Set<MissingMessages.Gap> reported = Set.of();

	/**
	 * Creates a watch.
	 * @param missing tells what is missing
	 * @param listener hears of it
	 * @param after how late a message may be
	 */
	public LossWatch(MissingMessages missing, EffectListener listener, Duration after) {
		this.missing = missing;
		this.listener = listener;
		this.after = after;
	}

	/**
	 * Looks, and reports what was not reported before.
	 */
	public void look() {
		List<MissingMessages.Gap> gaps = this.missing.oldest(this.after, LIMIT);
		for (MissingMessages.Gap gap : gaps) {
			if (!this.reported.contains(gap)) {
				logger.warn("Flow {} misses messages {} to {} of stream {} since {}", gap.flow(), gap.first(),
						gap.last(), gap.stream(), gap.noticedAt());
				this.listener.on(new EffectEvent.Missing(gap.flow(), gap.stream(), gap.count()));
			}
		}
		this.reported = new HashSet<>(gaps);
	}

}
