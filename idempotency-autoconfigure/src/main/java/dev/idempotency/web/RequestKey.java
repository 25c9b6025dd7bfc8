// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Reads the key from its header: a structured field string, or the same text without
 * quotes, as many clients send it.
 */
final class RequestKey {

	private RequestKey() {
	}

	/**
	 * The key.
	 * @param values the values of the header
	 * @throws RequestRefusedException if there is none, or it is unusable
	 */
	static String of(List<String> values, HttpSettings settings) {
		if (values.isEmpty()) {
			throw new RequestRefusedException(ProblemType.KEY_MISSING, "This request needs the header "
					+ settings.header() + " with a value that no other request of yours has, a UUID for instance");
		}
		if (values.size() > 1) {
			throw malformed("The header " + settings.header() + " is there more than once");
		}
		String value = values.get(0).strip();
		String key = value.startsWith("\"") ? quoted(value) : bare(value);
		if (key == null || key.isBlank()) {
			throw malformed("The header " + settings.header() + " must be one string in double quotes, "
					+ "or a token without spaces, quotes, commas and semicolons");
		}
		if (key.length() > settings.maxKeyLength()) {
			throw malformed(
					"The key has " + key.length() + " characters, at most " + settings.maxKeyLength() + " are allowed");
		}
		return key;
	}

	private static RequestRefusedException malformed(String message) {
		return new RequestRefusedException(ProblemType.KEY_MALFORMED, message);
	}

	private static @Nullable String quoted(String value) {
		StringBuilder key = new StringBuilder();
		int last = value.length() - 1;
		for (int at = 1; at < last; at++) {
			char character = value.charAt(at);
			if (character == '\\') {
				at++;
				character = value.charAt(at);
				if (at == last || (character != '"' && character != '\\')) {
					return null;
				}
			}
			else if (character == '"' || character < ' ' || character > '~') {
				return null;
			}
			key.append(character);
		}
		return (last > 0 && value.charAt(last) == '"') ? key.toString() : null;
	}

	private static @Nullable String bare(String value) {
		boolean token = value.chars()
			.allMatch((character) -> character > ' ' && character <= '~' && "\"\\,;".indexOf(character) < 0);
		return token ? value : null;
	}

}
