// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web.webhook;

import java.util.AbstractList;
import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class SignaturesTests {

	private static final byte[] BODY = new byte[1000];

	private final Secrets secrets = new Secrets();

	/**
	 * Whoever is not the sender makes us read the body at most once per secret.
	 */
	@ParameterizedTest
	@CsvSource({ "1, 32, 2", "16, 32, 2", "1000, 32, 0", "16, 31, 0", "1000, 0, 0" })
	void eachSecretIsUsedAtMostOnce(int signatures, int length, int uses) {
		assertThat(Signatures.isOfOne(this.secrets, Collections.nCopies(signatures, new byte[length]), BODY)).isFalse();
		assertThat(this.secrets.uses).isEqualTo(uses);
	}

	@Test
	void theLastSignatureOfTheLastSecretWillDo() {
		byte[] genuine = Signatures.hmac(this.secrets.get(1), BODY);
		assertThat(Signatures.isOfOne(this.secrets, List.of(new byte[32], genuine), BODY)).isTrue();
		assertThat(Signatures.isOfOne(this.secrets, List.of(genuine, new byte[32]), BODY)).isTrue();
	}

	/**
	 * Counts how often a secret is taken.
	 */
	private static final class Secrets extends AbstractList<byte[]> {

		private int uses;

		@Override
		public byte[] get(int index) {
			this.uses++;
			return new byte[] { (byte) index };
		}

		@Override
		public int size() {
			return 2;
		}

	}

}
