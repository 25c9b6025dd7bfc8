// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.json;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import dev.idempotency.effect.Fingerprint;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

class JsonFingerprinterTests {

	private final JsonFingerprinter fingerprinter = new JsonFingerprinter(JsonMapper.builder().build());

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = { "{\"a\":1,\"b\":2}|{ \"b\" : 2, \"a\" : 1 }",
			"{\"a\":1}|{\"a\":1.0}", "{\"a\":100}|{\"a\":1e2}", "{\"a\":0}|{\"a\":-0.00}",
			"{\"a\":\"\\u0041\"}|{\"a\":\"A\"}", "[{\"x\":[]},{}]|[ {\"x\":[ ]} , { } ]",
			"{\"b\":{\"d\":[1,{\"f\":2,\"e\":3}],\"c\":4},\"a\":5}|{\"a\":5,\"b\":{\"c\":4,\"d\":[1,{\"e\":3,\"f\":2}]}}",
			"{\"a\":1,\"b\":2,\"a\":3}|{\"a\":3,\"b\":2}", "{\"a\\tb\":\"\\u0009\"}|{\"a\\u0009b\":\"\\t\"}" })
	void sameValueInOtherSpellingIsTheSame(String one, String other) {
		assertThat(fingerprint(one)).isEqualTo(fingerprint(other));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			value = { "{\"a\":1}|{\"a\":2}", "{\"a\":1}|{\"a\":\"1\"}", "[1,2]|[2,1]",
					"{\"a\":0.1}|{\"a\":0.10000000000000000001}", "{\"a\":null}|{}", "{\"a\":true}|{\"a\":\"true\"}",
					"{\"a\":9007199254740993}|{\"a\":9007199254740992}", "abc|`abc `", "{\"a\":1}|{\"a\":1} x", "1|1.0",
					"{\"a\":1|{\"a\": 1", "{\"a\":1}]|{\"a\":1}", "{\"a\":\"b\",\"c\":\"d\"}|{\"a\":\"b,c:d\"}",
					"{\"a\":[1,2]}|{\"a\":[12]}" })
	void otherValuesAreDifferent(String one, String other) {
		assertThat(fingerprint(one)).isNotEqualTo(fingerprint(other));
	}

	@Test
	void bytesTextAndObjectsOfTheSameValueAreTheSame() {
		Fingerprint text = fingerprint("{\"a\":1,\"b\":[\"x\"]}");
		assertThat(fingerprint("{\"a\":1,\"b\":[\"x\"]}".getBytes(StandardCharsets.UTF_8))).isEqualTo(text);
		assertThat(fingerprint(Map.of("b", List.of("x"), "a", 1))).isEqualTo(text);
		assertThat(fingerprint(new Order(1, List.of("x")))).isEqualTo(text);
	}

	@Test
	void valuesThatAreNoObjectsAreComparedByTheirValueToo() {
		assertThat(fingerprint(new BigDecimal("1.50"))).isEqualTo(fingerprint(new BigDecimal("1.5")))
			.isNotEqualTo(fingerprint(new BigDecimal("1.6")));
		assertThat(fingerprint(List.of(new BigDecimal("1.50"), "x"))).isEqualTo(fingerprint("[1.5,\"x\"]"));
	}

	@Test
	void bytesThatAreNotJsonAreComparedAsTheyAre() {
		assertThat(fingerprint(new byte[] { 1, 2 })).isEqualTo(fingerprint(new byte[] { 1, 2 }))
			.isNotEqualTo(fingerprint(new byte[] { 1, 3 }));
	}

	@Test
	void objectsJacksonCannotWriteHaveNoFingerprint() {
		assertThat(fingerprint(new Unwritable())).isNull();
	}

	private @Nullable Fingerprint fingerprint(Object content) {
		return this.fingerprinter.fingerprint(content);
	}

	record Order(int a, List<String> b) {
	}

	static final class Unwritable {

		public Unwritable getSelf() {
			return this;
		}

	}

}
