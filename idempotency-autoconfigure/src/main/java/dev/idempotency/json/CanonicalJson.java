// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.json;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

import tools.jackson.core.io.JsonStringEncoder;
import tools.jackson.databind.JsonNode;

/**
 * Writes a JSON value in one form only: members sorted by name, no white space, numbers
 * as exact decimals without trailing zeros. Like RFC 8785, but without its rounding of
 * numbers to doubles, which would make two amounts look equal.
 */
final class CanonicalJson {

	private final StringBuilder out = new StringBuilder();

	private CanonicalJson() {
	}

	static byte[] write(JsonNode value) {
		CanonicalJson canonical = new CanonicalJson();
		canonical.append(value);
		return canonical.out.toString().getBytes(StandardCharsets.UTF_8);
	}

	private void append(JsonNode value) {
		if (value.isObject()) {
			appendObject(value);
		}
		else if (value.isArray()) {
			String separator = "[";
			for (JsonNode element : value) {
				this.out.append(separator);
				append(element);
				separator = ",";
			}
			this.out.append(value.isEmpty() ? "[]" : "]");
		}
		else if (value.isNumber()) {
			appendNumber(value);
		}
		else if (value.isString() || value.isBinary() || value.isPojo()) {
			appendString(value.asString());
		}
		else {
			this.out.append(value);
		}
	}

	private void appendObject(JsonNode value) {
		Map<String, JsonNode> members = new TreeMap<>();
		value.forEachEntry(members::put);
		this.out.append('{');
		String separator = "";
		for (Map.Entry<String, JsonNode> member : members.entrySet()) {
			this.out.append(separator);
			appendString(member.getKey());
			this.out.append(':');
			append(member.getValue());
			separator = ",";
		}
		this.out.append('}');
	}

	private void appendNumber(JsonNode value) {
		if (value.isFloatingPointNumber() && !Double.isFinite(value.doubleValue()) && !value.isBigDecimal()) {
			appendString(value.asString());
			return;
		}
		BigDecimal number = value.decimalValue();
		BigDecimal shortest = (number.signum() != 0) ? number.stripTrailingZeros() : BigDecimal.ZERO;
		this.out.append(shortest.unscaledValue()).append('e').append(-(long) shortest.scale());
	}

	private void appendString(String text) {
		this.out.append('"').append(JsonStringEncoder.getInstance().quoteAsCharArray(text)).append('"');
	}

}
