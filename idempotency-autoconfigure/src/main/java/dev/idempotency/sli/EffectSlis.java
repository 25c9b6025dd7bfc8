// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sli;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.effect.Outcome;
import dev.idempotency.inbox.DoubtStore.Depth;

/**
 * Counts decisions per flow since the process started, and knows what is in doubt.
 * Reading costs no query.
 */
public final class EffectSlis implements EffectListener {

	private final ConcurrentMap<String, Counts> flows = new ConcurrentHashMap<>();

	private final Supplier<Map<String, Depth>> inDoubt;

	/**
	 * Creates indicators without external effects.
	 */
	public EffectSlis() {
		this(Map::of);
	}

	/**
	 * Creates indicators.
	 * @param inDoubt what was last counted to be in doubt, by flow
	 */
	public EffectSlis(Supplier<Map<String, Depth>> inDoubt) {
		this.inDoubt = inDoubt;
	}

	@Override
	public void on(EffectEvent event) {
		Counts counts = this.flows.computeIfAbsent(event.flow(), (flow) -> new Counts());
		for (Indicator indicator : Indicator.of(event)) {
			counts.add(indicator, (event instanceof EffectEvent.Lost lost) ? lost.count() : 1);
		}
	}

	/**
	 * The indicators of every flow something happened in, or is in doubt in.
	 * @return indicators by flow name, sorted
	 */
	public Map<String, FlowSli> flows() {
		Map<String, FlowSli> result = new TreeMap<>();
		Map<String, Depth> doubts = this.inDoubt.get();
		doubts.forEach((flow, depth) -> result.put(flow, new Counts().snapshot(depth)));
		this.flows.forEach((flow, counts) -> result.put(flow, counts.snapshot(doubts.getOrDefault(flow, Depth.NONE))));
		return result;
	}

	/**
	 * What is counted.
	 */
	private enum Indicator {

		DELIVERED, REDELIVERED, COMPLETED, REJECTED, DUPLICATE, COLLISION, IN_PROGRESS, REFUSED, ROLLED_BACK,
		COMMIT_UNKNOWN, RETRIED_BUSINESS, RETRIED_INFRASTRUCTURE, PARKED, FILTERED, TOKEN_REUSED, HANDLED, REPEATED,
		LOST;

		private static final Indicator[] NONE = {};

		private static Indicator[] of(EffectEvent event) {
			if (event instanceof EffectEvent.Delivered delivered) {
				return delivered.redelivered() ? several(DELIVERED, REDELIVERED) : several(DELIVERED);
			}
			if (event instanceof EffectEvent.Handled handled) {
				return handled.repeated() ? several(HANDLED, REPEATED) : several(HANDLED);
			}
			if (event instanceof EffectEvent.Completed completed) {
				return several((completed.outcome() == Outcome.COMPLETED) ? COMPLETED : REJECTED);
			}
			if (event instanceof EffectEvent.Retried retried) {
				return several(retried.infrastructure() ? RETRIED_INFRASTRUCTURE : RETRIED_BUSINESS);
			}
			if (event instanceof EffectEvent.Token token) {
				return (token.decision() == EffectEvent.Token.Decision.REUSED) ? several(TOKEN_REUSED) : NONE;
			}
			Indicator single = SINGLE.get(event.getClass());
			return (single != null) ? several(single) : NONE;
		}

		private static Indicator[] several(Indicator... indicators) {
			return indicators;
		}

		private static final Map<Class<? extends EffectEvent>, Indicator> SINGLE = Map.of(EffectEvent.Duplicate.class,
				DUPLICATE, EffectEvent.Collision.class, COLLISION, EffectEvent.InProgress.class, IN_PROGRESS,
				EffectEvent.Refused.class, REFUSED, EffectEvent.RolledBack.class, ROLLED_BACK,
				EffectEvent.CommitUnknown.class, COMMIT_UNKNOWN, EffectEvent.Parked.class, PARKED,
				EffectEvent.Filtered.class, FILTERED, EffectEvent.Lost.class, LOST);

	}

	/**
	 * The counters of one flow.
	 */
	private static final class Counts {

		private final Map<Indicator, LongAdder> adders = new EnumMap<>(Indicator.class);

		private Counts() {
			for (Indicator indicator : Indicator.values()) {
				this.adders.put(indicator, new LongAdder());
			}
		}

		private void add(Indicator indicator, long times) {
			adder(indicator).add(times);
		}

		private long get(Indicator indicator) {
			return adder(indicator).sum();
		}

		private LongAdder adder(Indicator indicator) {
			LongAdder adder = this.adders.get(indicator);
			if (adder == null) {
				throw new IllegalStateException("No counter for " + indicator);
			}
			return adder;
		}

		private FlowSli snapshot(Depth depth) {
			return new FlowSli(get(Indicator.DELIVERED), get(Indicator.REDELIVERED), get(Indicator.COMPLETED),
					get(Indicator.REJECTED), get(Indicator.DUPLICATE), get(Indicator.COLLISION),
					get(Indicator.IN_PROGRESS), get(Indicator.REFUSED), get(Indicator.ROLLED_BACK),
					get(Indicator.COMMIT_UNKNOWN), get(Indicator.RETRIED_BUSINESS),
					get(Indicator.RETRIED_INFRASTRUCTURE), get(Indicator.PARKED), get(Indicator.FILTERED),
					get(Indicator.TOKEN_REUSED), get(Indicator.HANDLED), get(Indicator.REPEATED), get(Indicator.LOST),
					depth.count(), depth.oldest());
		}

	}

}
