// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sli;

import java.util.Locale;

import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;

/**
 * Publishes decisions about effects and deliveries as meters. Tags are flows and closed
 * sets, never ids.
 */
public final class EffectMeters implements EffectListener {

	private final MeterRegistry registry;

	/**
	 * Creates the adapter.
	 * @param registry where meters go
	 */
	public EffectMeters(MeterRegistry registry) {
		this.registry = registry;
	}

	@Override
	public void on(EffectEvent event) {
		Tags flow = Tags.of("flow", event.flow());
		if (event instanceof EffectEvent.Delivered delivered) {
			count(IdempotencyMeters.DELIVERIES, flow.and("redelivered", Boolean.toString(delivered.redelivered())));
		}
		else if (event instanceof EffectEvent.Retried retried) {
			count(IdempotencyMeters.RETRIES,
					flow.and("fault", retried.infrastructure() ? "infrastructure" : "business"));
		}
		else if (event instanceof EffectEvent.Missing missing) {
			counter(IdempotencyMeters.EFFECTS, flow.and("result", "missing")).increment(missing.count());
		}
		else if (event instanceof EffectEvent.Token token) {
			count(IdempotencyMeters.TOKEN_DECISIONS,
					Tags.of("purpose", token.flow(), "result", token.decision().name().toLowerCase(Locale.ROOT)));
		}
		else if (event instanceof EffectEvent.Claimed claimed) {
			timer(IdempotencyMeters.CLAIM_WAIT, flow).record(claimed.waited());
		}
		else {
			count(IdempotencyMeters.EFFECTS, flow.and(Tag.of("result", result(event))));
		}
		if (event instanceof EffectEvent.Completed completed) {
			timer(IdempotencyMeters.EFFECT_DURATION, flow).record(completed.took());
		}
	}

	private static String result(EffectEvent event) {
		if (event instanceof EffectEvent.Completed completed) {
			return switch (completed.outcome()) {
				case COMPLETED -> "completed";
				case REJECTED -> "rejected";
			};
		}
		String name = event.getClass().getSimpleName();
		StringBuilder result = new StringBuilder();
		for (char letter : name.toCharArray()) {
			if (Character.isUpperCase(letter) && !result.isEmpty()) {
				result.append('_');
			}
			result.append(Character.toLowerCase(letter));
		}
		return result.toString();
	}

	private void count(IdempotencyMeters meter, Tags tags) {
		counter(meter, tags).increment();
	}

	private Counter counter(IdempotencyMeters meter, Tags tags) {
		return Counter.builder(meter.getName()).description(meter.description()).tags(tags).register(this.registry);
	}

	private Timer timer(IdempotencyMeters meter, Tags tags) {
		return Timer.builder(meter.getName()).description(meter.description()).tags(tags).register(this.registry);
	}

}
