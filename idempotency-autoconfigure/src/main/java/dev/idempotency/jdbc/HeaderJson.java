// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Headers as a JSON object of strings (RFC 8259), the only JSON the tables hold.
 */
final class HeaderJson {

	private static final int FIRST_PRINTABLE = 0x20;

	private final String json;

	private int at;

	private HeaderJson(String json) {
		this.json = json;
	}

	static String write(Map<String, String> headers) {
		StringBuilder json = new StringBuilder("{");
		new TreeMap<>(headers).forEach((name, value) -> {
			json.append((json.length() > 1) ? "," : "");
			string(json, name);
			json.append(':');
			string(json, value);
		});
		return json.append('}').toString();
	}

	static Map<String, String> read(String json) {
		return new HeaderJson(json).object();
	}

	private static void string(StringBuilder json, String text) {
		json.append('"');
		for (int i = 0; i < text.length(); i++) {
			char character = text.charAt(i);
			if (character == '"' || character == '\\') {
				json.append('\\').append(character);
			}
			else if (character < FIRST_PRINTABLE || Character.isSurrogate(character)) {
				json.append(String.format(Locale.ROOT, "\\u%04x", (int) character));
			}
			else {
				json.append(character);
			}
		}
		json.append('"');
	}

	private Map<String, String> object() {
		Map<String, String> headers = new LinkedHashMap<>();
		expect('{');
		if (peek() == '}') {
			this.at++;
		}
		else {
			do {
				String name = string();
				expect(':');
				headers.put(name, string());
			}
			while (expect(',', '}') == ',');
		}
		peekEnd();
		return headers;
	}

	private String string() {
		expect('"');
		StringBuilder text = new StringBuilder();
		char character = next();
		while (character != '"') {
			text.append((character == '\\') ? escaped() : character);
			character = next();
		}
		return text.toString();
	}

	private char escaped() {
		char character = next();
		return switch (character) {
			case '"', '\\', '/' -> character;
			case 'b' -> '\b';
			case 'f' -> '\f';
			case 'n' -> '\n';
			case 'r' -> '\r';
			case 't' -> '\t';
			case 'u' -> hexadecimal();
			default -> throw malformed();
		};
	}

	private char hexadecimal() {
		if (this.at + 4 > this.json.length()) {
			throw malformed();
		}
		this.at += 4;
		try {
			return (char) Integer.parseInt(this.json, this.at - 4, this.at, 16);
		}
		catch (NumberFormatException ex) {
			throw malformed();
		}
	}

	private char expect(char... wanted) {
		peek();
		char character = next();
		for (char one : wanted) {
			if (one == character) {
				return one;
			}
		}
		throw malformed();
	}

	/**
	 * Passes over blanks.
	 */
	private char peek() {
		while (this.at < this.json.length() && Character.isWhitespace(this.json.charAt(this.at))) {
			this.at++;
		}
		return (this.at < this.json.length()) ? this.json.charAt(this.at) : '\0';
	}

	private char next() {
		if (this.at >= this.json.length()) {
			throw malformed();
		}
		return this.json.charAt(this.at++);
	}

	private void peekEnd() {
		if (peek() != '\0') {
			throw malformed();
		}
	}

	private IllegalStateException malformed() {
		return new IllegalStateException(
				"Stored headers are no JSON object of strings, near character " + this.at + ": " + this.json);
	}

}
