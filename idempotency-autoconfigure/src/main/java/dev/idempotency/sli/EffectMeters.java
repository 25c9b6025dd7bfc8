// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sli;

import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/**
 * Publishes decisions about effects and deliveries as meters. Tags are flows and closed
 * sets, never ids.
 */
public final class EffectMeters implements EffectListener {

	private final MeterRegistry registry;

	private final ConcurrentMap<Key, Counter> counters = new ConcurrentHashMap<>();

	private final ConcurrentMap<Key, Timer> timers = new ConcurrentHashMap<>();

	private final ConcurrentMap<Class<?>, String> names = new ConcurrentHashMap<>();

	/**
	 * Creates the adapter.
	 * @param registry where meters go
	 */
	public EffectMeters(MeterRegistry registry) {
		this.registry = registry;
	}

	@Override
	public void on(EffectEvent event) {
		String flow = event.flow();
		if (event instanceof EffectEvent.Delivered delivered) {
			counter(IdempotencyMeters.DELIVERIES, flow, "redelivered", Boolean.toString(delivered.redelivered()))
				.increment();
		}
		else if (event instanceof EffectEvent.Retried retried) {
			counter(IdempotencyMeters.RETRIES, flow, "fault", retried.infrastructure() ? "infrastructure" : "business")
				.increment();
		}
		else if (event instanceof EffectEvent.Missing missing) {
			counter(IdempotencyMeters.EFFECTS, flow, "result", "missing").increment(missing.count());
		}
		else if (event instanceof EffectEvent.Token token) {
			counter(IdempotencyMeters.TOKEN_DECISIONS, "purpose", flow, "result",
					token.decision().name().toLowerCase(Locale.ROOT))
				.increment();
		}
		else if (event instanceof EffectEvent.Lost lost) {
			counter(IdempotencyMeters.EFFECTS, flow, "result", "lost_" + lost.how().name().toLowerCase(Locale.ROOT))
				.increment(lost.count());
		}
		else if (event instanceof EffectEvent.Handled handled) {
			counter(IdempotencyMeters.EFFECTS, flow, "result", handled.repeated() ? "handled_again" : "handled")
				.increment();
		}
		else if (event instanceof EffectEvent.Shadowed shadowed) {
			counter(IdempotencyMeters.EFFECTS, flow, "result",
					"shadow_" + shadowed.verdict().name().toLowerCase(Locale.ROOT))
				.increment();
		}
		else if (event instanceof EffectEvent.Claimed claimed) {
			timer(IdempotencyMeters.CLAIM_WAIT, flow).record(claimed.waited());
		}
		else if (!(event instanceof EffectEvent.ModeChanged)) {
			counter(IdempotencyMeters.EFFECTS, flow, "result", result(event)).increment();
		}
		if (event instanceof EffectEvent.Completed completed) {
			timer(IdempotencyMeters.EFFECT_DURATION, flow).record(completed.took());
		}
	}

	private String result(EffectEvent event) {
		if (event instanceof EffectEvent.Completed completed) {
			return switch (completed.outcome()) {
				case COMPLETED -> "completed";
				case REJECTED -> "rejected";
			};
		}
		return this.names.computeIfAbsent(event.getClass(), EffectMeters::name);
	}

	private static String name(Class<?> event) {
		StringBuilder result = new StringBuilder();
		for (char letter : event.getSimpleName().toCharArray()) {
			if (Character.isUpperCase(letter) && !result.isEmpty()) {
				result.append('_');
			}
			result.append(Character.toLowerCase(letter));
		}
		return result.toString();
	}

	private Counter counter(IdempotencyMeters meter, String flow, String tag, String value) {
		return counter(meter, "flow", flow, tag, value);
	}

	private Counter counter(IdempotencyMeters meter, String of, String flow, String tag, String value) {
		Key key = new Key(meter, flow, value);
		Counter known = this.counters.get(key);
		return (known != null) ? known
				: this.counters.computeIfAbsent(key,
						(absent) -> Counter.builder(meter.getName())
							.description(meter.description())
							.tags(of, flow, tag, value)
							.register(this.registry));
	}

	private Timer timer(IdempotencyMeters meter, String flow) {
		Key key = new Key(meter, flow, "");
		Timer known = this.timers.get(key);
		return (known != null) ? known
				: this.timers.computeIfAbsent(key,
						(absent) -> Timer.builder(meter.getName())
							.description(meter.description())
							.tags("flow", flow)
							.register(this.registry));
	}

	/**
	 * A meter of a flow, kept because finding it in the registry costs more than
	 * counting.
	 */
	private record Key(IdempotencyMeters meter, String flow, String value) {
	}

}
