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

	private static final int MAX_ID_DIGITS = 18;

	private static final char NUL = '\0';

	private Texts() {
	}

	/**
	 * Reads the number of a row as operators give it.
	 * @return {@code null} if no row can have it
	 */
	static @Nullable Long number(String text) {
		boolean plausible = !text.isEmpty() && text.length() <= MAX_ID_DIGITS
				&& text.chars().allMatch((digit) -> digit >= '0' && digit <= '9');
		return plausible ? Long.valueOf(text) : null;
	}

	/**
	 * Makes an error text fit.
	 */
	static String shortened(@Nullable String text) {
		return shortened(String.valueOf(text), MAX_ERROR);
	}

	/**
	 * Makes a text fit that is for people only.
	 */
	static String shortened(String text, int max) {
		String clean = text.replace(NUL, ' ');
		if (clean.length() <= max) {
			return clean;
		}
		return clean.substring(0, Character.isHighSurrogate(clean.charAt(max - 1)) ? max - 1 : max);
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
