// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.outbox;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class InstantTextTests {

	@ParameterizedTest
	@ValueSource(strings = { "2026-11-21T22:32:02Z", "2026-11-21T22:32:02.100Z", "2026-11-21T22:32:02.000001Z",
			"2026-11-21T22:32:02.010203999Z", "1969-12-31T23:59:59.999999Z", "0000-01-01T00:00:00.5Z",
			"-0044-03-15T12:00:00Z", "+12026-11-21T22:32:00.000000001Z" })
	void isWhatTheInstantSaysOfItself(String text) {
		Instant instant = Instant.parse(text);
		assertThat(InstantText.of(instant)).isEqualTo(instant.truncatedTo(ChronoUnit.MICROS).toString());
	}

	@Test
	void isTheSameForAnyInstantWhicheverWasBefore() {
		Random random = new Random(1);
		assertThat(Stream
			.generate(() -> Instant.ofEpochSecond(random.nextLong(4_000_000_000L) / (1L << random.nextInt(32)),
					random.nextInt(1_000_000_000)))
			.limit(10_000))
			.allSatisfy((instant) -> assertThat(InstantText.of(instant))
				.isEqualTo(instant.truncatedTo(ChronoUnit.MICROS).toString()));
	}

}
