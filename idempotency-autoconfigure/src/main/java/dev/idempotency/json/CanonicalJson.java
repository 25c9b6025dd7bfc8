// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.json;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * Writes a JSON value in one form only: members sorted by name, no white space, numbers
 * as exact decimals without trailing zeros. Like RFC 8785, but without its rounding of
 * numbers to doubles, which would make two amounts look equal.
 */
final class CanonicalJson {

	private final StringBuilder out = new StringBuilder(512);

	private CanonicalJson() {
	}

	/**
	 * Writes what a parser reads.
	 * @param any whether the value may be something else than an object or an array
	 * @return the canonical form; {@code null} if there is no such value, or more than
	 * one
	 */
	static byte @Nullable [] write(JsonParser parser, boolean any) {
		JsonToken token = parser.nextToken();
		if (token == null || !(any || token.isStructStart())) {
			return null;
		}
		CanonicalJson canonical = new CanonicalJson();
		canonical.append(parser, token);
		return (parser.nextToken() == null) ? canonical.out.toString().getBytes(StandardCharsets.UTF_8) : null;
	}

	private void append(JsonParser parser, @Nullable JsonToken token) {
		if (token == null) {
			throw new IllegalStateException("The parser ended inside of a value");
		}
		switch (token) {
			case START_OBJECT -> appendObject(parser);
			case START_ARRAY -> appendArray(parser);
			case VALUE_STRING -> appendString(parser);
			case VALUE_NUMBER_INT -> appendNumber(parser.getDecimalValue());
			case VALUE_NUMBER_FLOAT -> appendFloat(parser);
			default -> this.out.append(token.asString());
		}
	}

	private void appendArray(JsonParser parser) {
		this.out.append('[');
		int first = this.out.length();
		for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
			if (this.out.length() > first) {
				this.out.append(',');
			}
			append(parser, token);
		}
		this.out.append(']');
	}

	/**
	 * Writes the members as they come, and sorts them only if they have to be. Of several
	 * with the same name the last counts.
	 */
	private void appendObject(JsonParser parser) {
		this.out.append('{');
		int first = this.out.length();
		List<Member> members = new ArrayList<>();
		boolean sorted = true;
		String previous = null;
		for (JsonToken token = parser.nextToken(); token != JsonToken.END_OBJECT; token = parser.nextToken()) {
			String name = parser.currentName();
			sorted = sorted && (previous == null || previous.compareTo(name) < 0);
			previous = name;
			if (!members.isEmpty()) {
				this.out.append(',');
			}
			int start = this.out.length();
			appendString(name);
			this.out.append(':');
			append(parser, parser.nextToken());
			members.add(new Member(name, start, this.out.length()));
		}
		if (!sorted) {
			sort(first, members);
		}
		this.out.append('}');
	}

	private void sort(int first, List<Member> members) {
		Map<String, Member> byName = new TreeMap<>();
		members.forEach((member) -> byName.put(member.name(), member));
		String written = this.out.substring(first);
		this.out.setLength(first);
		for (Member member : byName.values()) {
			if (this.out.length() > first) {
				this.out.append(',');
			}
			this.out.append(written, member.start() - first, member.end() - first);
		}
	}

	private void appendFloat(JsonParser parser) {
		if (parser.isNaN()) {
			appendString(parser.getString());
		}
		else {
			appendNumber(parser.getDecimalValue());
		}
	}

	private void appendNumber(BigDecimal number) {
		BigDecimal shortest = (number.signum() != 0) ? number.stripTrailingZeros() : BigDecimal.ZERO;
		this.out.append(shortest.unscaledValue()).append('e').append(-(long) shortest.scale());
	}

	private void appendString(JsonParser parser) {
		char[] text = parser.getStringCharacters();
		int start = parser.getStringOffset();
		int end = start + parser.getStringLength();
		for (int at = start; at < end; at++) {
			if (isEscaped(text[at])) {
				appendString(new String(text, start, end - start));
				return;
			}
		}
		this.out.append('"').append(text, start, end - start).append('"');
	}

	private void appendString(String text) {
		this.out.append('"').append(JsonStringEncoder.getInstance().quoteAsCharArray(text)).append('"');
	}

	private static boolean isEscaped(char letter) {
		return letter < ' ' || letter == '"' || letter == '\\';
	}

	/**
	 * A member as it was written.
	 *
	 * @param name its name
	 * @param start where it begins
	 * @param end where it ends
	 */
	private record Member(String name, int start, int end) {
	}

}
