// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RequestKeyTests {

	static final HttpSettings SETTINGS = settings(List.of("Location"));

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '%', textBlock = """
			"8e03978e-40d5"   | 8e03978e-40d5
			8e03978e-40d5     | 8e03978e-40d5
			  "padded"        | padded
			"a, b; c"         | a, b; c
			"a\\"b\\\\c"       | a"b\\c
			a=b:c/d+e         | a=b:c/d+e
			""")
	void quotedAndBareAreTheSameKey(String header, String key) {
		assertThat(RequestKey.of(List.of(header), SETTINGS)).isEqualTo(key);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "\"\"", "\" \"", "\"open", "open\"", "\"", "\"a\" \"b\"", "a, b", "a;b=c",
			"\"a\";b=c", "two words", "\"tab\there\"", "nul\u0000", "\"line\n\"", "gr\u00fcn", "\"gr\u00fcn\"", "\"a\\",
			"\"a\\n\"", "back\\slash" })
	void anythingElseIsMalformed(String header) {
		assertRefused(List.of(header), ProblemType.KEY_MALFORMED);
	}

	@Test
	void longestKeyIsTakenAndALongerOneIsNot() {
		assertThat(RequestKey.of(List.of("x".repeat(255)), SETTINGS)).hasSize(255);
		assertRefused(List.of("x".repeat(256)), ProblemType.KEY_MALFORMED);
		assertRefused(List.of("\"" + "x".repeat(300) + "\""), ProblemType.KEY_MALFORMED);
	}

	@Test
	void noneIsMissingAndTwoAreMalformed() {
		assertRefused(List.of(), ProblemType.KEY_MISSING);
		assertRefused(List.of("a", "a"), ProblemType.KEY_MALFORMED);
	}

	@Test
	void headersThatBelongToOneCallerAreNeverStored() {
		for (String name : List.of("Set-Cookie", "AUTHORIZATION", "www-authenticate")) {
			assertThatIllegalArgumentException().isThrownBy(() -> settings(List.of("Location", name)))
				.withMessageContaining("idempotency.web.replayed-headers");
		}
	}

	private static void assertRefused(List<String> values, ProblemType type) {
		assertThatExceptionOfType(RequestRefusedException.class).isThrownBy(() -> RequestKey.of(values, SETTINGS))
			.satisfies((ex) -> assertThat(ex.type()).isEqualTo(type))
			.withMessageContaining((type == ProblemType.KEY_MISSING) ? "Idempotency-Key" : "");
	}

	static HttpSettings settings(List<String> replayed) {
		return new HttpSettings("Idempotency-Key", 255, 20, Duration.ofSeconds(1), replayed,
				"urn:idempotency:problem:");
	}

}
