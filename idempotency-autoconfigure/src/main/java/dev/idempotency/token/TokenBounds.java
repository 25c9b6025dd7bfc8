// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.token;

import java.time.Duration;

/**
 * What callers may ask for.
 */
final class TokenBounds {

	static final int MAX_PURPOSE = 100;

	static final int MAX_SUBJECT = 1024;

	private TokenBounds() {
	}

	static void check(String purpose, String subject) {
		check("purpose", purpose, MAX_PURPOSE);
		check("subject", subject, MAX_SUBJECT);
	}

	static void check(String purpose, String subject, Duration validFor) {
		check(purpose, subject);
		if (validFor.isNegative() || validFor.isZero()) {
			throw new IllegalArgumentException("A token must be valid for a positive time, not " + validFor);
		}
	}

	static void check(String name, String text, int max) {
		if (text.isBlank() || text.length() > max || text.indexOf('\0') >= 0) {
			throw new IllegalArgumentException("The " + name + " of a token must have 1 to " + max
					+ " characters, must not be blank and must not contain a NUL");
		}
	}

}
