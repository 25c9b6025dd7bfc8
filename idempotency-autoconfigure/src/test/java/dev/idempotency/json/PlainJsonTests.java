// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.json;

import java.nio.charset.StandardCharsets;
import java.util.Random;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

class PlainJsonTests {

	private static final String[] SCALARS = { "0", "-0", "-0.00", "1", "100", "1.50", "10.00", "0.0050", "-12.3",
			"9007199254740993", "1e2", "01", "1.", ".5", "-", "true", "false", "null", "tru", "nulll", "\"\"", "\"a\"",
			"\"\u00e4\u20ac\ud83d\ude00\"", "\"a\\tb\"", "\"\\u0041\"", "\"a\tb\"", "\"\u007f\"", "'a'" };

	private static final String[] NAMES = { "", "a", "b", "ab", "a b", "a!", "B", "\u00e4", "\ud83d\ude00", "\uffee",
			"a\\n", "1" };

	private final JsonMapper mapper = JsonMapper.builder().build();

	private final Random random = new Random(42);

	@ParameterizedTest
	@ValueSource(strings = { "{}", "[]", " [ ] ", "{\"b\":1,\"a\":{\"d\":[1,-2.50,true],\"c\":null}}",
			"{\"paymentId\":\"1\",\"debtor\":\"DE02\",\"amount\":1234.56,\"currency\":\"EUR\"}",
			"{ \"b\" : \"\u00e4\" ,\n\t\"a\" : 100 }\r\n" })
	void plainTextNeedsNoParser(String json) {
		byte[] plain = PlainJson.canonical(bytes(json), true);
		assertThat(plain).isNotNull().isEqualTo(parsed(bytes(json)));
	}

	@Test
	void whateverItWritesIsWhatTheParserLeadsTo() {
		int written = 0;
		for (int i = 0; i < 50_000; i++) {
			byte[] json = bytes(container(0));
			byte[] plain = PlainJson.canonical(json, true);
			if (plain != null) {
				written++;
				assertThat(plain).as(() -> new String(json, StandardCharsets.UTF_8)).isEqualTo(parsed(json));
			}
		}
		assertThat(written).isGreaterThan(10_000);
	}

	@Test
	void bytesThatAreDamagedAreNeverTakenForOtherJson() {
		for (int i = 0; i < 50_000; i++) {
			byte[] json = bytes(container(0));
			json[this.random.nextInt(json.length)] = (byte) this.random.nextInt();
			byte[] plain = PlainJson.canonical(json, false);
			if (plain != null) {
				assertThat(plain).as(() -> new String(json, StandardCharsets.UTF_8)).isEqualTo(parsed(json));
			}
		}
	}

	@Test
	void bytesThatMayNotBeTextAreLeftToTheParser() {
		assertThat(PlainJson.canonical(bytes("[\"\u00e4\"]"), false)).isNull();
		assertThat(PlainJson.canonical(bytes("[\"\u00e4\"]"), true)).isNotNull();
	}

	@Test
	void whatTheParserMayRefuseIsLeftToIt() {
		assertThat(PlainJson.canonical(bytes("[".repeat(100) + "]".repeat(100)), true)).isNull();
		assertThat(PlainJson.canonical(bytes("[" + "1".repeat(1001) + "]"), true)).isNull();
	}

	private String container(int depth) {
		boolean object = this.random.nextBoolean();
		StringBuilder json = new StringBuilder(object ? "{" : "[");
		int members = this.random.nextInt(5);
		for (int i = 0; i < members; i++) {
			json.append((i > 0) ? "," : "").append(blank());
			if (object) {
				json.append('"').append(some(NAMES)).append('"').append(blank()).append(':').append(blank());
			}
			json.append((depth < 3 && this.random.nextInt(3) == 0) ? container(depth + 1) : scalar()).append(blank());
		}
		return json.append(object ? "}" : "]").toString();
	}

	/**
	 * One that is JSON, most of the time, or few documents would be.
	 */
	private String scalar() {
		return (this.random.nextInt(20) == 0) ? some(SCALARS) : SCALARS[this.random.nextInt(10)];
	}

	private String blank() {
		return (this.random.nextInt(8) == 0) ? " \n" : "";
	}

	private String some(String[] texts) {
		return texts[this.random.nextInt(texts.length)];
	}

	private byte @Nullable [] parsed(byte[] json) {
		try (JsonParser parser = this.mapper.createParser(json)) {
			return CanonicalJson.write(parser, false);
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	private static byte[] bytes(String json) {
		return json.getBytes(StandardCharsets.UTF_8);
	}

}
