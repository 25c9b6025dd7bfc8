// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import org.jspecify.annotations.Nullable;

/**
 * Makes texts fit their columns.
 */
final class Texts {

	/** Longest error text in characters. */
	static final int MAX_ERROR = 2000;

	private static final char NUL = '\0';

	private Texts() {
	}

	/**
	 * Shortens a text that is for people only.
	 */
	static String shortened(@Nullable String text) {
		String clean = String.valueOf(text).replace(NUL, ' ');
		if (clean.length() <= MAX_ERROR) {
			return clean;
		}
		int end = Character.isHighSurrogate(clean.charAt(MAX_ERROR - 1)) ? MAX_ERROR - 1 : MAX_ERROR;
		return clean.substring(0, end);
	}

	/**
	 * What keeps a text that must not change from being stored.
	 * @return {@code null} if nothing does
	 */
	static @Nullable String problem(@Nullable String text, int max) {
		if (text == null) {
			return null;
		}
		if (text.length() > max) {
			return "has " + text.length() + " characters, at most " + max + " are stored";
		}
		return (text.indexOf(NUL) >= 0) ? "contains a NUL character, which PostgreSQL cannot store" : null;
	}

}
