// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sli;

import java.time.Duration;
import java.util.Map;

import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.Outcome;
import dev.idempotency.inbox.DoubtStore.Depth;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

class InDoubtMetersTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final InDoubtMeters meters = new InDoubtMeters(this.registry);

	private Map<String, Depth> counted = Map.of();

	private final EffectSlis slis = new EffectSlis(() -> this.counted);

	@Test
	void depthAndAgeAreShownByFlowAndGoBackToZero() {
		this.meters.show(Map.of());
		assertThat(this.registry.getMeters()).isEmpty();
		this.meters.show(Map.of("mail", new Depth(3, Duration.ofMillis(90_500)), "sms", new Depth(1, Duration.ZERO)));
		assertThat(gauge("idempotency.in.doubt", "mail")).isEqualTo(3);
		assertThat(gauge("idempotency.in.doubt.oldest.age", "mail")).isEqualTo(90.5);
		this.meters.show(Map.of("sms", new Depth(2, Duration.ofSeconds(7))));
		assertThat(gauge("idempotency.in.doubt", "mail")).isZero();
		assertThat(gauge("idempotency.in.doubt.oldest.age", "mail")).isZero();
		assertThat(gauge("idempotency.in.doubt", "sms")).isEqualTo(2);
		assertThat(gauge("idempotency.in.doubt.oldest.age", "sms")).isEqualTo(7);
		assertThat(this.registry.getMeters()).hasSize(4);
	}

	@Test
	void indicatorsShowWhatIsInDoubtAlsoWhereThisProcessDidNothing() {
		this.slis.on(new EffectEvent.Completed("mail", new EffectKey("mail", "shop", "1"), Outcome.COMPLETED,
				Duration.ZERO));
		assertThat(this.slis.flows()).hasSize(1);
		this.counted = Map.of("mail", new Depth(2, Duration.ofSeconds(9)), "sms", new Depth(1, Duration.ofSeconds(5)));
		assertThat(this.slis.flows().values()).extracting(FlowSli::completed, FlowSli::inDoubt, FlowSli::oldestInDoubt)
			.containsExactly(tuple(1L, 2L, Duration.ofSeconds(9)), tuple(0L, 1L, Duration.ofSeconds(5)));
		this.counted = Map.of();
		assertThat(this.slis.flows().get("mail").inDoubt()).isZero();
		assertThat(this.slis.flows()).hasSize(1);
	}

	private double gauge(String name, String flow) {
		return this.registry.get(name).tag("flow", flow).gauge().value();
	}

}
