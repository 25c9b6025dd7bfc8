// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web.webhook;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * Reads the text under {@code "id"} of a JSON object without reading more than needed.
 * Only called with what a valid signature vouches for.
 */
final class TopLevelId {

	private final String json;

	private int place;

	private TopLevelId(String json) {
		this.json = json;
	}

	/**
	 * Finds the id.
	 * @return the id, {@code null} if the body is no object or its id is no text
	 */
	static @Nullable String of(byte[] body) {
		return new TopLevelId(new String(body, StandardCharsets.UTF_8)).find();
	}

	private @Nullable String find() {
		int depth = 0;
		boolean name = false;
		while (this.place < this.json.length()) {
			char next = this.json.charAt(this.place++);
			if (next == '{' || next == '[') {
				depth++;
				name = depth == 1 && next == '{';
			}
			else if (next == '}' || next == ']') {
				depth--;
				name = false;
			}
			else if (next == ',') {
				name = depth == 1;
			}
			else if (next == '"') {
				String text = text();
				if (name && "id".equals(text)) {
					return value();
				}
				name = false;
			}
		}
		return null;
	}

	private @Nullable String value() {
		skipTo(':');
		this.place++;
		while (this.place < this.json.length() && Character.isWhitespace(this.json.charAt(this.place))) {
			this.place++;
		}
		if (this.place >= this.json.length() || this.json.charAt(this.place++) != '"') {
			return null;
		}
		return text();
	}

	private void skipTo(char wanted) {
		while (this.place < this.json.length() && this.json.charAt(this.place) != wanted) {
			this.place++;
		}
	}

	/**
	 * Reads up to the closing quotation mark. Text with an escape is none we look for.
	 */
	private @Nullable String text() {
		int start = this.place;
		boolean escaped = false;
		while (this.place < this.json.length()) {
			char next = this.json.charAt(this.place++);
			if (next == '\\') {
				escaped = true;
				this.place++;
			}
			else if (next == '"') {
				return escaped ? null : this.json.substring(start, this.place - 1);
			}
		}
		return null;
	}

}
