// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class EffectKeyTests {

	@Test
	void partsCannotRunIntoEachOther() {
		List<EffectKey> keys = List.of(new EffectKey("a", "bc", "d"), new EffectKey("ab", "c", "d"),
				new EffectKey("a", "b", "cd"), new EffectKey("abc", "d", "d"));
		assertThat(keys.stream().map((key) -> java.util.Arrays.toString(key.hash()))).doesNotHaveDuplicates();
		assertThat(new EffectKey("a", "bc", "d").hash()).isNotEqualTo(new EffectKey("ab", "c", "d").hash());
	}

	@Test
	void caseAndTrailingBlankMakeOtherKeys() {
		byte[] hash = new EffectKey("flow", "source", "abc").hash();
		assertThat(hash).hasSize(32).isEqualTo(new EffectKey("flow", "source", "abc").hash());
		assertThat(hash).isNotEqualTo(new EffectKey("flow", "source", "ABC").hash());
		assertThat(hash).isNotEqualTo(new EffectKey("flow", "source", "abc ").hash());
	}

	@Test
	void hashIsAskedForSeveralTimesAndNobodyCanChangeIt() {
		EffectKey key = new EffectKey("flow", "source", "abc");
		byte[] hash = key.hash();
		hash[0]++;
		assertThat(key.hash()).isNotEqualTo(hash).isEqualTo(new EffectKey("flow", "source", "abc").hash());
	}

	@Test
	void keysOfTheSamePartsAreEqual() {
		EffectKey key = new EffectKey("flow", "source", "abc");
		assertThat(key).isEqualTo(new EffectKey("flow", "source", "abc"))
			.hasSameHashCodeAs(new EffectKey("flow", "source", "abc"))
			.isNotEqualTo(new EffectKey("other", "source", "abc"))
			.isNotEqualTo(new EffectKey("flow", "other", "abc"))
			.isNotEqualTo(new EffectKey("flow", "source", "other"));
	}

	@Test
	void messageIdsAreTheSameOnEveryRunAndDifferPerOrdinal() {
		EffectKey key = new EffectKey("flow", "source", "abc");
		Set<String> ids = new HashSet<>();
		for (int ordinal = 0; ordinal < 1000; ordinal++) {
			String id = key.messageId(ordinal);
			assertThat(id).isEqualTo(new EffectKey("flow", "source", "abc").messageId(ordinal));
			assertThat(UUID.fromString(id).version()).isEqualTo(8);
			assertThat(UUID.fromString(id).variant()).isEqualTo(2);
			ids.add(id);
		}
		assertThat(ids).hasSize(1000).doesNotContain(new EffectKey("other", "source", "abc").messageId(0));
	}

	@Test
	void blankAndOversizedPartsAreRefusedByName() {
		assertThatExceptionOfType(InvalidIdentityException.class).isThrownBy(() -> new EffectKey("flow", "source", " "))
			.withMessageContaining("id of an effect key is blank");
		assertThatExceptionOfType(InvalidIdentityException.class)
			.isThrownBy(() -> new EffectKey("flow", "source", "x".repeat(1025)))
			.withMessageContaining("has 1025 characters, at most 1024");
		assertThatExceptionOfType(InvalidIdentityException.class)
			.isThrownBy(() -> new EffectKey("f".repeat(101), "source", "id"))
			.withMessageContaining("consumer");
	}

}
