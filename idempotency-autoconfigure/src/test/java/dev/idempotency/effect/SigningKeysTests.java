// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SigningKeysTests {

	private static final String DOCUMENTED = "k1.x8inr0xrxtBaZEQKs_18iyYrl2ihuO-sk6kBNCX3QSM";

	private final SigningKeys keys = new SigningKeys(Map.of("k1", key(0), "k2", key(100)), "k1");

	@Test
	void theSignatureIsThatOfTheWireFormat() {
		assertThat(this.keys.sign("shop", "order-1")).isEqualTo(DOCUMENTED);
		assertThat(this.keys.isGenuine("shop", "order-1", DOCUMENTED)).isTrue();
	}

	@Test
	void itIsOfOneSourceAndOneId() {
		assertThat(this.keys.isGenuine("shop", "order-2", DOCUMENTED)).isFalse();
		assertThat(this.keys.isGenuine("shop2", "order-1", DOCUMENTED)).isFalse();
		assertThat(this.keys.isGenuine("shopo", "rder-1", DOCUMENTED)).isFalse();
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", ".", "k1", "k1.", "k1.%", ".x8inr0xrxtBaZEQKs_18iyYrl2ihuO-sk6kBNCX3QSM",
			"k2.x8inr0xrxtBaZEQKs_18iyYrl2ihuO-sk6kBNCX3QSM", "k3.x8inr0xrxtBaZEQKs_18iyYrl2ihuO-sk6kBNCX3QSM",
			"k1.y8inr0xrxtBaZEQKs_18iyYrl2ihuO-sk6kBNCX3QSM" })
	void nothingElseIsBelieved(String signature) {
		assertThat(this.keys.isGenuine("shop", "order-1", signature)).isFalse();
	}

	@Test
	void whatAnOldKeySignedIsBelievedAsLongAsTheKeyIsThere() {
		String old = new SigningKeys(Map.of("k2", key(100)), "k2").sign("shop", "order-1");
		assertThat(this.keys.isGenuine("shop", "order-1", old)).isTrue();
		assertThat(new SigningKeys(Map.of("k1", key(0)), "k1").isGenuine("shop", "order-1", old)).isFalse();
	}

	@Test
	void withoutAnActiveKeyNothingIsSigned() {
		assertThat(new SigningKeys(Map.of("k1", key(0)), null).sign("shop", "order-1")).isNull();
		assertThat(new SigningKeys(Map.of(), null).isEmpty()).isTrue();
	}

	@Test
	void unusableKeysAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new SigningKeys(Map.of("k1", new byte[31]), null));
		assertThatIllegalArgumentException().isThrownBy(() -> new SigningKeys(Map.of("a.b", key(0)), null));
		assertThatIllegalArgumentException().isThrownBy(() -> new SigningKeys(Map.of("k1", key(0)), "k2"))
			.withMessageContaining("k2");
		assertThat(this.keys.toString()).isEqualTo("keys [k1, k2], active k1");
	}

	private static byte[] key(int first) {
		byte[] key = new byte[32];
		for (int i = 0; i < key.length; i++) {
			key[i] = (byte) (first + i);
		}
		return key;
	}

}
