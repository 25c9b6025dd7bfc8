// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class OrderedIdTests {

	@ParameterizedTest
	@CsvSource({ "017f22e2-79b0-7cc3-98c4-dc0c0c07398f, 017f22e279b0",
			"017F22E2-79B0-7CC3-98C4-DC0C0C07398F, 017f22e279b0", "01ARZ3NDEKTSV4RRFFQ69G5FAV, 01563e3ab5d3",
			"01arz3ndektsv4rrffq69g5fav, 01563e3ab5d3", "3@17, 11", "order-000256, 100",
			"281474976710655, ffffffffffff", "281474976710656, 100000000", "9999999999999999999, 8ac7230489e7" })
	void knownPlaces(String id, String place) {
		assertThat(Long.toHexString(OrderedId.place(id))).isEqualTo(place.replaceFirst("^0+", ""));
	}

	@ParameterizedTest
	@ValueSource(strings = { "a", "order", "7a", "01ARZ3NDEKTSV4RRFFQ69G5FUV", "81ARZ3NDEKTSV4RRFFQ69G5FAV",
			"12345678901234567890", "\u0663", "0z7f22e2-79b0-7cc3-98c4-dc0c0c07398f" })
	void idsWithoutAPlace(String id) {
		assertThat(OrderedId.place(id)).isEqualTo(-1);
	}

	static Stream<List<String>> ordered() {
		return Stream.of(List.of("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", "017f22e2-79b1-7000-8000-000000000000"),
				List.of("01ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEMTSV4RRFFQ69G5FAV"), List.of("0@99", "0@100"),
				List.of("1789012345678901234", "1789012345679901234"));
	}

	@ParameterizedTest
	@MethodSource("ordered")
	void hashesLieInTheOrderOfTheirIds(List<String> ids) {
		byte[] first = new EffectKey("flow", "source", ids.get(0)).hash();
		byte[] second = new EffectKey("flow", "source", ids.get(1)).hash();
		assertThat(Arrays.compareUnsigned(first, second)).isNegative();
		assertThat(Arrays.compareUnsigned(new EffectKey("another", "source", ids.get(0)).hash(), second)).isNegative();
	}

	@Test
	void placeIsNoIdentity() {
		String id = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
		List<EffectKey> keys = List.of(new EffectKey("flow", "source", id), new EffectKey("other", "source", id),
				new EffectKey("flow", "other", id), new EffectKey("flow", "source", id.toUpperCase(Locale.ROOT)),
				new EffectKey("flow", "source", "017f22e2-79b0-7cc3-98c4-dc0c0c073990"),
				new EffectKey("flow", "source", "1"), new EffectKey("flow", "source", "01"),
				new EffectKey("flow", "source", "a1"));
		assertThat(keys.stream().map((key) -> Arrays.toString(key.hash()))).doesNotHaveDuplicates();
		assertThat(keys).allSatisfy((key) -> assertThat(key.hash()).hasSize(32)
			.isEqualTo(new EffectKey(key.consumer(), key.source(), key.id()).hash()));
	}

	@Test
	void whatAnEffectSendsCarriesItsPlaceOn() {
		EffectKey key = new EffectKey("flow", "source", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
		assertThat(key.messageId(0)).startsWith("017f22e2-79b0-8").isNotEqualTo(key.messageId(1));
		assertThat(OrderedId.place(key.messageId(1))).isEqualTo(OrderedId.place(key.id()));
	}

}
