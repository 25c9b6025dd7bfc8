// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.http.ProblemDetail;

/**
 * Problem details (RFC 9457) as JSON, whatever the application writes JSON with, if
 * anything.
 */
final class ProblemDocument {

	static final String CONTENT_TYPE = "application/problem+json";

	private ProblemDocument() {
	}

	static byte[] of(String base, ProblemType type, String detail, String instance) {
		Map<String, @Nullable Object> members = new LinkedHashMap<>();
		members.put("type", base + type.id());
		members.put("title", type.title());
		members.put("status", type.status());
		members.put("detail", detail);
		members.put("instance", instance);
		return write(members);
	}

	/**
	 * Of what the application says of its own problem, the members that are plain values.
	 */
	static byte[] of(ProblemDetail problem) {
		Map<String, @Nullable Object> members = new LinkedHashMap<>();
		members.put("type", problem.getType());
		members.put("title", problem.getTitle());
		members.put("status", problem.getStatus());
		members.put("detail", problem.getDetail());
		members.put("instance", problem.getInstance());
		if (problem.getProperties() != null) {
			members.putAll(problem.getProperties());
		}
		return write(members);
	}

	private static byte[] write(Map<String, @Nullable Object> members) {
		StringBuilder json = new StringBuilder();
		members.forEach((name, value) -> {
			if (value != null) {
				json.append(json.isEmpty() ? '{' : ',').append(quoted(name)).append(':');
				json.append((value instanceof Number || value instanceof Boolean) ? value : quoted(value.toString()));
			}
		});
		return json.append('}').toString().getBytes(StandardCharsets.UTF_8);
	}

	private static String quoted(String text) {
		StringBuilder json = new StringBuilder("\"");
		for (char character : text.toCharArray()) {
			if (character == '"' || character == '\\') {
				json.append('\\').append(character);
			}
			else if (character < ' ' || Character.isSurrogate(character)) {
				json.append(String.format("\\u%04x", (int) character));
			}
			else {
				json.append(character);
			}
		}
		return json.append('"').toString();
	}

}
