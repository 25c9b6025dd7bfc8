// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import dev.idempotency.effect.CurrentEffect;
import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.EffectObservation;
import dev.idempotency.effect.EffectResult;
import dev.idempotency.effect.ProviderProfile;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ExternalPassThroughTests {

	private static final EffectKey KEY = new EffectKey("payment", "orders", "42");

	private final List<EffectEvent> events = new ArrayList<>();

	private final List<String> keys = new ArrayList<>();

	private boolean away;

	private final ExternalEffects effects = new ExternalEffects(new ClaimTable(), () -> "owner" + this.keys.size(),
			(every, beat) -> () -> {
			}, (pause) -> {
			}, this.events::add, EffectObservation.NONE, Clock.systemUTC(),
			(flow) -> this.away && flow.equals("payment"));

	@Test
	void whatPassesHasTheKeyOfAFirstClaimAndLeavesNothing() throws Throwable {
		this.away = true;
		assertThat(run(EffectContract.EXTERNAL_WITH_KEY)).isEqualTo(new EffectResult.Applied<>("paid"));
		this.away = false;
		assertThat(run(EffectContract.EXTERNAL_WITH_KEY)).isEqualTo(new EffectResult.Applied<>("paid"));
		assertThat(run(EffectContract.EXTERNAL_WITH_KEY)).isInstanceOf(EffectResult.Duplicate.class);
		assertThat(this.keys).hasSize(2).containsOnly(ProviderProfile.STRIPE.keyOf(KEY, 0));
		assertThat(this.events.get(0)).isEqualTo(new EffectEvent.Unprotected("payment", KEY));
	}

	@Test
	void whatHasNoKeyNeverPasses() throws Throwable {
		this.away = true;
		run(EffectContract.EXTERNAL_AT_MOST_ONCE);
		assertThat(run(EffectContract.EXTERNAL_AT_MOST_ONCE)).isInstanceOf(EffectResult.Duplicate.class);
		assertThat(this.keys).hasSize(1);
	}

	private EffectResult<String> run(EffectContract contract) throws Throwable {
		ExternalSettings settings = new ExternalSettings(Duration.ofSeconds(10), Duration.ZERO, Duration.ofDays(1), 3,
				ProviderProfile.STRIPE, Set.of(), new ListedFailures(List.of(), List.of()), false);
		return this.effects.run(new ExternalCall(KEY, null, contract, settings), (value) -> null, () -> {
			this.keys.add(CurrentEffect.get().idempotencyKey().orElse("none"));
			return "paid";
		});
	}

}
