// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class IdentityTextTests {

	static Stream<Arguments> texts() {
		UUID uuid = new UUID(1, 2);
		return Stream.of(arguments("a b", "a b"), arguments(" a ", " a "), arguments(new StringBuilder("sb"), "sb"),
				arguments(42, "42"), arguments(42L, "42"), arguments((short) 42, "42"), arguments(BigInteger.TEN, "10"),
				arguments(new BigDecimal("1.50"), "1.5"), arguments(new BigDecimal("1E+1"), "10"),
				arguments(42.0, "42"), arguments(-0.0, "0"), arguments(0.5f, "0.5"), arguments(uuid, uuid.toString()),
				arguments(TimeUnit.DAYS, "DAYS"), arguments(true, "true"), arguments('x', "x"),
				arguments(LocalDate.of(2026, 3, 4), "2026-03-04"), arguments(Instant.EPOCH, "1970-01-01T00:00:00Z"),
				arguments(Duration.ofHours(1), "PT1H"), arguments(List.of("a", "bc"), "1:a2:bc"),
				arguments(List.of("ab", "c"), "2:ab1:c"), arguments(List.of("a", List.of("b")), "1:a3[1:b"),
				arguments(new Pair("a", 7), "1:a1:7"), arguments(new LinkedHashSet<>(List.of("b", "a")), "1:a1:b"),
				arguments(new TreeSet<>(Set.of("b", "a")), "1:a1:b"));
	}

	@ParameterizedTest
	@MethodSource("texts")
	void valueHasOneText(Object value, String text) {
		assertThat(IdentityText.of(value)).isEqualTo(text);
	}

	static Stream<Arguments> unusable() {
		return Stream.of(arguments(null, "yields null"), arguments("", "yields a blank java.lang.String"),
				arguments(" \t", "yields a blank java.lang.String"), arguments(List.of(), "yields an empty "),
				arguments(Arrays.asList("a", null), "yields null"), arguments(List.of("a", ""), "yields a blank"),
				arguments(new Pair(null, 1), "yields null"), arguments(new byte[] { 1 }, "yields a byte[], which"),
				arguments(new String[] { "a" }, "yields a java.lang.String[], which"),
				arguments(new Entity(), "yields a " + Entity.class.getName() + ", which has no stable text form"),
				arguments(new Object(), "yields a java.lang.Object, which"),
				arguments(new Date(0), "yields a java.util.Date, which"),
				arguments(Optional.of("a"), "yields a java.util.Optional, which"),
				arguments(Map.of("a", "b"), "which has no stable text form"),
				arguments(new Count(), "yields a " + Count.class.getName() + ", which"),
				arguments(Double.NaN, "yields NaN"), arguments(new BigDecimal("1E+999999"), "a scale of -999999"),
				arguments(Clock.systemUTC(), "which has no stable text form"));
	}

	@ParameterizedTest
	@MethodSource("unusable")
	void valueWithoutAStableTextIsRefusedByItsType(@Nullable Object value, String message) {
		assertThatIllegalArgumentException().isThrownBy(() -> IdentityText.of(value))
			.withMessageContaining(message)
			.withMessageContaining("; ");
	}

	@Test
	void differentPartsNeverHaveTheSameText() {
		assertThat(Stream
			.of(List.of("a", "b", "c"), List.of("ab", "c"), List.of("a", "bc"), List.of("abc"),
					List.of(List.of("a"), "b", "c"), List.of("1:a", "b", "c"), List.of("a", List.of("b", "c")))
			.map(IdentityText::of)).doesNotHaveDuplicates();
	}

	record Pair(@Nullable String tenant, int id) {
	}

	static class Entity {

		@Override
		public String toString() {
			return "entity";
		}

	}

	static class Count extends Number {

		@Override
		public int intValue() {
			return 1;
		}

		@Override
		public long longValue() {
			return 1;
		}

		@Override
		public float floatValue() {
			return 1;
		}

		@Override
		public double doubleValue() {
			return 1;
		}

	}

}
