// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sli;

import java.time.Duration;

import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.Outcome;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EffectSlisTests {

	private static final EffectKey KEY = new EffectKey("flow", "source", "1");

	private final EffectSlis slis = new EffectSlis();

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final EffectMeters meters = new EffectMeters(this.registry);

	@Test
	void everyDecisionIsCountedOnceInItsOwnIndicator() {
		publish(1, new EffectEvent.Delivered("flow", true));
		publish(2, new EffectEvent.Delivered("flow", false));
		publish(3, new EffectEvent.Completed("flow", KEY, Outcome.COMPLETED, Duration.ofMillis(5)));
		publish(4, new EffectEvent.Completed("flow", KEY, Outcome.REJECTED, Duration.ofMillis(5)));
		publish(5, new EffectEvent.Duplicate("flow", KEY, Outcome.COMPLETED));
		publish(6, new EffectEvent.Collision("flow", KEY));
		publish(7, new EffectEvent.InProgress("flow", KEY, Duration.ZERO));
		publish(8, new EffectEvent.Refused("flow", "no id"));
		publish(9, new EffectEvent.RolledBack("flow", KEY));
		publish(10, new EffectEvent.CommitUnknown("flow", KEY));
		publish(11, new EffectEvent.Retried("flow", false, 1, new IllegalStateException()));
		publish(12, new EffectEvent.Retried("flow", true, 0, new IllegalStateException()));
		publish(13, new EffectEvent.Parked("flow", "POISON", 3, null));
		publish(14, new EffectEvent.Filtered("flow"));
		publish(15, new EffectEvent.Token("flow", EffectEvent.Token.Decision.REUSED));
		publish(1, new EffectEvent.Token("flow", EffectEvent.Token.Decision.CONSUMED));
		publish(15, new EffectEvent.Handled("flow", false));
		publish(16, new EffectEvent.Handled("flow", true));
		publish(2, new EffectEvent.Lost("flow", EffectEvent.Loss.UNFINISHED, 9));
		assertThat(this.slis.flows().get("flow"))
			.isEqualTo(new FlowSli(3, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 31, 16, 18, 0, Duration.ZERO));
		assertThat(count("idempotency.effects", "result", "duplicate")).isEqualTo(5);
		assertThat(count("idempotency.effects", "result", "handled")).isEqualTo(15);
		assertThat(count("idempotency.effects", "result", "handled_again")).isEqualTo(16);
		assertThat(count("idempotency.effects", "result", "lost_unfinished")).isEqualTo(18);
		assertThat(count("idempotency.effects", "result", "in_progress")).isEqualTo(7);
		assertThat(count("idempotency.effects", "result", "commit_unknown")).isEqualTo(10);
		assertThat(count("idempotency.effects", "result", "rejected")).isEqualTo(4);
		assertThat(count("idempotency.deliveries", "redelivered", "true")).isEqualTo(1);
		assertThat(count("idempotency.retries", "fault", "infrastructure")).isEqualTo(12);
		assertThat(count("idempotency.token.decisions", "result", "reused")).isEqualTo(15);
		assertThat(this.registry.get("idempotency.effect.duration").timer().count()).isEqualTo(7);
	}

	@Test
	void duplicateRateIsPerMillionDecided() {
		publish(3, new EffectEvent.Completed("flow", KEY, Outcome.COMPLETED, Duration.ZERO));
		publish(1, new EffectEvent.Duplicate("flow", KEY, Outcome.COMPLETED));
		assertThat(this.slis.flows().get("flow").duplicatesPerMillion()).isEqualTo(250_000);
	}

	@Test
	void noMeterCarriesAnId() {
		publish(1, new EffectEvent.Claimed("flow", KEY, Duration.ZERO));
		publish(1, new EffectEvent.Duplicate("flow", KEY, Outcome.COMPLETED));
		assertThat(this.registry.getMeters()).flatExtracting((meter) -> meter.getId().getTags())
			.extracting((tag) -> tag.getKey())
			.isSubsetOf("flow", "result", "redelivered", "fault");
	}

	private void publish(int times, EffectEvent event) {
		for (int i = 0; i < times; i++) {
			this.slis.on(event);
			this.meters.on(event);
		}
	}

	private double count(String meter, String tag, String value) {
		return this.registry.get(meter).tag(tag, value).counter().count();
	}

}
