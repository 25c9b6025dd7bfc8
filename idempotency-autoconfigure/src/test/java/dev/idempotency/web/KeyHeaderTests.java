// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web;

import java.net.URI;
import java.util.Set;

import dev.idempotency.effect.CurrentEffect;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.ProviderKey;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which hosts get the key.
 */
class KeyHeaderTests {

	@ParameterizedTest
	@CsvSource({ "https://api.example/charges, api.example, true", "https://API.example:8443/, api.example, true",
			"http://pay_gate:8080/charges, pay_gate, true", "http://user@pay_gate/charges, pay_gate, true",
			"http://[::1]:8080/, [::1], true", "http://other_gate:8080/, pay_gate, false",
			"https://other.example/, api.example, false", "http://pay_gate:8080/charges,, true", "/charges,, true",
			"/charges, api.example, false" })
	void aHostGetsTheKeyIfItIsListedOrNoneIs(URI uri, String host, boolean gets) {
		ProviderKey key = new ProviderKey("k", "Idempotency-Key", (host != null) ? Set.of(host) : Set.of());
		try (CurrentEffect effect = CurrentEffect.enter(new EffectKey("payment", "orders", "42"), key)) {
			assertThat(KeyHeader.of(effect, uri)).isEqualTo(gets ? key : null);
			assertThat(effect.hasGivenKey()).isEqualTo(gets);
		}
	}

}
