// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.json;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Writes the canonical form of plain JSON without a parser: objects and arrays, strings
 * without escapes, numbers without exponents. It gives up at whatever else it meets, and
 * the parser decides then; what it writes is byte for byte what {@link CanonicalJson}
 * writes.
 */
final class PlainJson {

	/** Limits are below those of the parser, who decides about what is beyond them. */
	private static final int MAX_LENGTH = 1_000_000;

	private static final int MAX_DEPTH = 32;

	private static final int MAX_DIGITS = 500;

	private static final int MAX_MEMBERS = 64;

	private static final int MAX_NAME = 1000;

	private final byte[] in;

	/** Whether bytes that are not ASCII are known to be text. */
	private final boolean text;

	private byte[] out;

	private int at;

	private int length;

	private PlainJson(byte[] in, boolean text) {
		this.in = in;
		this.text = text;
		this.out = new byte[in.length + 64];
	}

	/**
	 * Writes an object or an array.
	 * @param json the JSON in UTF-8
	 * @param text whether it was text, and is valid UTF-8
	 * @return the canonical form, {@code null} if it is not plain enough
	 */
	static byte @Nullable [] canonical(byte[] json, boolean text) {
		PlainJson plain = new PlainJson(json, text);
		int first = plain.skip();
		if (json.length > MAX_LENGTH || (first != '{' && first != '[')) {
			return null;
		}
		return (plain.value(0) && plain.skip() < 0) ? Arrays.copyOf(plain.out, plain.length) : null;
	}

	/**
	 * Skips white space.
	 * @return what comes next, {@code -1} at the end
	 */
	private int skip() {
		while (this.at < this.in.length) {
			byte next = this.in[this.at];
			if (next != ' ' && next != '\n' && next != '\r' && next != '\t') {
				return next & 0xff;
			}
			this.at++;
		}
		return -1;
	}

	private boolean value(int depth) {
		if (depth > MAX_DEPTH) {
			return false;
		}
		return switch (skip()) {
			case '{' -> object(depth);
			case '[' -> array(depth);
			case '"' -> string();
			case 't' -> word("true");
			case 'f' -> word("false");
			case 'n' -> word("null");
			case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
			default -> false;
		};
	}

	private boolean array(int depth) {
		take();
		if (skip() == ']') {
			take();
			return true;
		}
		while (value(depth + 1)) {
			int next = skip();
			if (next == ']' || next == ',') {
				take();
			}
			if (next != ',') {
				return next == ']';
			}
		}
		return false;
	}

	/**
	 * Writes the members as they come, and sorts them only if they have to be. Of names
	 * that are not ASCII or come twice the parser knows the order.
	 */
	private boolean object(int depth) {
		take();
		if (skip() == '}') {
			take();
			return true;
		}
		int first = this.length;
		int[] ends = new int[8];
		int members = 0;
		boolean sorted = true;
		int previous = -1;
		int start = first;
		while (member(depth, start)) {
			int order = (previous >= 0) ? compare(this.out, previous, start) : -1;
			if (order == 0 || members == MAX_MEMBERS) {
				return false;
			}
			sorted = sorted && order < 0;
			ends = (members == ends.length) ? Arrays.copyOf(ends, MAX_MEMBERS) : ends;
			ends[members++] = this.length;
			previous = start;
			int next = skip();
			if (next == ',') {
				take();
				start = this.length;
			}
			else if (next == '}') {
				return (sorted || sort(first, ends, members)) && take();
			}
			else {
				return false;
			}
		}
		return false;
	}

	private boolean member(int depth, int start) {
		if (skip() != '"' || !string() || this.length - start > MAX_NAME || !isAscii(start) || skip() != ':') {
			return false;
		}
		take();
		return value(depth + 1);
	}

	private boolean isAscii(int start) {
		for (int i = start; i < this.length; i++) {
			if (this.out[i] < 0) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Compares names, each written as a string.
	 */
	private static int compare(byte[] bytes, int one, int other) {
		int i = 1;
		while (bytes[one + i] == bytes[other + i] && bytes[one + i] != '"') {
			i++;
		}
		byte left = bytes[one + i];
		byte right = bytes[other + i];
		return (left == right) ? 0 : (left == '"') ? -1 : (right == '"') ? 1 : left - right;
	}

	/**
	 * Puts members in order, by insertion: there are few.
	 * @param ends where each of them ends
	 * @return {@code false} if two have the same name
	 */
	private boolean sort(int first, int[] ends, int members) {
		byte[] written = Arrays.copyOfRange(this.out, first, this.length);
		int[] order = new int[members];
		for (int i = 0; i < members; i++) {
			int slot = i;
			int start = start(first, ends, i);
			while (slot > 0) {
				int compared = compare(written, start(first, ends, order[slot - 1]), start);
				if (compared == 0) {
					return false;
				}
				if (compared < 0) {
					break;
				}
				order[slot] = order[slot - 1];
				slot--;
			}
			order[slot] = i;
		}
		this.length = first;
		for (int i = 0; i < members; i++) {
			int from = start(first, ends, order[i]);
			int to = ends[order[i]] - first;
			if (i > 0) {
				this.out[this.length++] = ',';
			}
			System.arraycopy(written, from, this.out, this.length, to - from);
			this.length += to - from;
		}
		return true;
	}

	private static int start(int first, int[] ends, int member) {
		return (member == 0) ? 0 : ends[member - 1] - first + 1;
	}

	private boolean string() {
		int start = this.at++;
		while (this.at < this.in.length) {
			byte next = this.in[this.at++];
			if (next == '"') {
				write(start, this.at);
				return true;
			}
			if (next == '\\' || (next >= 0 && next < ' ') || (next < 0 && !this.text)) {
				return false;
			}
		}
		return false;
	}

	private boolean word(String word) {
		int start = this.at;
		for (int i = 0; i < word.length(); i++) {
			if (this.at == this.in.length || this.in[this.at++] != word.charAt(i)) {
				return false;
			}
		}
		write(start, this.at);
		return endsHere();
	}

	/**
	 * Writes digits without zeros around them, and the exponent that takes their place.
	 */
	private boolean number() {
		boolean negative = this.in[this.at] == '-';
		this.at += negative ? 1 : 0;
		int start = this.at;
		int whole = digits();
		if (whole == 0 || (whole > 1 && this.in[start] == '0')) {
			return false;
		}
		int fraction = 0;
		if (this.at < this.in.length && this.in[this.at] == '.') {
			this.at++;
			fraction = digits();
			if (fraction == 0) {
				return false;
			}
		}
		if (whole + fraction > MAX_DIGITS) {
			return false;
		}
		writeNumber(negative, start, fraction);
		return endsHere();
	}

	private void writeNumber(boolean negative, int start, int fraction) {
		int from = start;
		int to = this.at;
		int exponent = -fraction;
		while (from < to && (this.in[from] == '0' || this.in[from] == '.')) {
			from++;
		}
		while (to > from && (this.in[to - 1] == '0' || this.in[to - 1] == '.')) {
			exponent += (this.in[to - 1] == '0') ? 1 : 0;
			to--;
		}
		ensure(to - from + 16);
		if (from == to) {
			write("0e0");
			return;
		}
		if (negative) {
			this.out[this.length++] = '-';
		}
		for (int i = from; i < to; i++) {
			if (this.in[i] != '.') {
				this.out[this.length++] = this.in[i];
			}
		}
		this.out[this.length++] = 'e';
		write(Integer.toString(exponent));
	}

	private int digits() {
		int start = this.at;
		while (this.at < this.in.length && this.in[this.at] >= '0' && this.in[this.at] <= '9') {
			this.at++;
		}
		return this.at - start;
	}

	private boolean endsHere() {
		int next = skip();
		return next < 0 || next == ',' || next == ']' || next == '}';
	}

	/**
	 * Copies one byte of structure.
	 */
	private boolean take() {
		write(this.at, ++this.at);
		return true;
	}

	private void write(int from, int to) {
		ensure(to - from);
		System.arraycopy(this.in, from, this.out, this.length, to - from);
		this.length += to - from;
	}

	private void write(String ascii) {
		ensure(ascii.length());
		for (int i = 0; i < ascii.length(); i++) {
			this.out[this.length++] = (byte) ascii.charAt(i);
		}
	}

	private void ensure(int more) {
		if (this.length + more > this.out.length) {
			this.out = Arrays.copyOf(this.out, Math.max(this.out.length * 2, this.length + more));
		}
	}

}
