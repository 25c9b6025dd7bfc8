// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class HeaderJsonTests {

	@Test
	void headersAreAnObjectInTheOrderOfTheirNames() {
		assertThat(HeaderJson.write(Map.of())).isEqualTo("{}");
		assertThat(HeaderJson.write(Map.of("b", "2", "a", "1"))).isEqualTo("{\"a\":\"1\",\"b\":\"2\"}");
	}

	@Test
	void whatIsWrittenIsReadAsItWas() {
		Map<String, String> headers = Map.of("", "", "quote\" \\ /", "\b\f\n\r\t\u0000\u001f", "ü",
				"\u20ac \ud83d\ude00", "half", "\ud83d");
		assertThat(HeaderJson.read(HeaderJson.write(headers))).isEqualTo(headers);
	}

	@Test
	void everyControlCharacterIsEscaped() {
		assertThat(HeaderJson.write(Map.of("a", "\u0000\n"))).isEqualTo("{\"a\":\"\\u0000\\u000a\"}");
	}

	@Test
	void jsonWrittenByOthersIsReadToo() {
		assertThat(HeaderJson.read(" { \"a\" : \"\\u00e4\\/\\n\" , \"b\" : \"\" } "))
			.isEqualTo(Map.of("a", "ä/\n", "b", ""));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{", "{\"a\"}", "{\"a\":1}", "{\"a\":\"b\",}", "[]", "{\"a\":\"b\"} x",
			"{\"a\":\"\\x\"}", "{\"a\":\"\\u00", "{\"a\":\"\\u00zz\"}", "{\"a\":\"b" })
	void whatIsNoObjectOfStringsIsRefused(String json) {
		assertThatIllegalStateException().isThrownBy(() -> HeaderJson.read(json))
			.withMessageContaining("Stored headers");
	}

}
