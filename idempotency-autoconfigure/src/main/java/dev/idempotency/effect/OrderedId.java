// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

/**
 * What an id tells about its place among the ids made before and after it. Rows of ids
 * that come one after the other then lie side by side, which spares a database most of
 * its log. It is a function of the id alone and no part of the identity: a wrong guess
 * costs locality and nothing else.
 */
final class OrderedId {

	private static final int UUID_LENGTH = 36;

	private static final int ULID_LENGTH = 26;

	private static final int MOST_DIGITS = 19;

	/** Of Crockford's base 32; its beginning serves smaller bases. */
	private static final String DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

	private OrderedId() {
	}

	/**
	 * The place: of a UUID and a ULID its first 48 bits, which are the time in UUID
	 * version 7 and in a ULID; of other ids the number they end with.
	 * @return 48 bits, or {@code -1} if the id does not tell
	 */
	static long place(String id) {
		if (id.length() == UUID_LENGTH && id.charAt(8) == '-' && id.charAt(13) == '-') {
			long high = number(id, 0, 8, 16);
			long low = number(id, 9, 13, 16);
			return (high < 0 || low < 0) ? -1 : (high << 16) | low;
		}
		if (id.length() == ULID_LENGTH && id.charAt(0) <= '7' && number(id, 10, 18, 32) >= 0
				&& number(id, 18, ULID_LENGTH, 32) >= 0) {
			return number(id, 0, 10, 32);
		}
		return trailing(id);
	}

	private static long trailing(String id) {
		int start = id.length();
		while (start > 0 && id.charAt(start - 1) >= '0' && id.charAt(start - 1) <= '9') {
			start--;
		}
		int digits = id.length() - start;
		if (digits == 0 || digits > MOST_DIGITS) {
			return -1;
		}
		long number = Long.parseUnsignedLong(id, start, id.length(), 10);
		return ((number >>> 48) == 0) ? number : number >>> 16;
	}

	private static long number(String id, int from, int to, int base) {
		long number = 0;
		for (int at = from; at < to; at++) {
			int digit = DIGITS.indexOf(Character.toUpperCase(id.charAt(at)));
			if (digit < 0 || digit >= base) {
				return -1;
			}
			number = number * base + digit;
		}
		return number;
	}

}
