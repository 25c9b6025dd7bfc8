// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;

import dev.idempotency.effect.EffectEvent.Shadowed.Verdict;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.Fingerprint;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ShadowTests {

	private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

	private static final Fingerprint CONTENT = content("a");

	private final Map<EffectKey, InboxView.Known> inbox = new HashMap<>();

	private final Shadow shadow = new Shadow(this.inbox::get, Clock.fixed(NOW, ZoneOffset.UTC));

	@Test
	void whatNobodyKnowsIsFresh() {
		assertThat(look("1", CONTENT, "t-0@1", NOW)).isEqualTo(Verdict.FRESH);
	}

	@Test
	void whatAnActiveConsumerHasJustAppliedIsFresh() {
		applied("1", CONTENT, Duration.ofSeconds(1));
		assertThat(look("1", CONTENT, "t-0@1", NOW.minusSeconds(2))).isEqualTo(Verdict.FRESH);
	}

	@Test
	void whatWasAppliedBeforeItWasSentIsARepetition() {
		applied("1", CONTENT, Duration.ofSeconds(3));
		assertThat(look("1", CONTENT, "t-0@1", NOW.minusSeconds(2))).isEqualTo(Verdict.DUPLICATE);
	}

	@Test
	void theSameIdentityInAnotherPlaceIsARepetition() {
		look("1", CONTENT, "t-0@1", NOW);
		assertThat(look("1", CONTENT, "t-0@2", NOW)).isEqualTo(Verdict.DUPLICATE);
	}

	@Test
	void theSamePlaceIsCountedOnce() {
		look("1", CONTENT, "t-0@1", NOW);
		assertThat(look("1", CONTENT, "t-0@1", NOW)).isNull();
	}

	@Test
	void otherContentIsACollisionWhoeverSawTheFirst() {
		look("1", CONTENT, "t-0@1", NOW);
		applied("2", CONTENT, Duration.ZERO);
		assertThat(look("1", content("b"), "t-0@2", NOW)).isEqualTo(Verdict.COLLISION);
		assertThat(look("2", content("b"), "t-0@3", NOW)).isEqualTo(Verdict.COLLISION);
	}

	private Verdict look(String id, Fingerprint fingerprint, String place, Instant sent) {
		return this.shadow.look(key(id), fingerprint, place, sent);
	}

	private void applied(String id, Fingerprint fingerprint, Duration age) {
		this.inbox.put(key(id), new InboxView.Known(fingerprint, age));
	}

	private static EffectKey key(String id) {
		return new EffectKey("flow", "/source", id);
	}

	private static Fingerprint content(String text) {
		return Fingerprint.of(text.getBytes(StandardCharsets.UTF_8));
	}

}
