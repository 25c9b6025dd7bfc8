// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What is expected of requests, and what their answers say.
 *
 * @param header name of the header that carries the key
 * @param maxKeyLength longest key, in characters
 * @param maxBodySize largest request body, in bytes
 * @param retryAfter when to repeat a request whose first attempt is not finished
 * @param replayedHeaders names of the headers of an answer that are stored with it
 * @param problemBase what the types of problem details begin with
 */
public record HttpSettings(String header, int maxKeyLength, int maxBodySize, Duration retryAfter,
		List<String> replayedHeaders, String problemBase) {

	/** What belongs to one connection or one caller, and must not be told again. */
	private static final Set<String> NEVER = Set.of("set-cookie", "set-cookie2", "authorization", "proxy-authorization",
			"www-authenticate", "proxy-authenticate", "authentication-info", "connection", "transfer-encoding",
			"content-length", "date");

	public HttpSettings {
		replayedHeaders = replayedHeaders.stream().map((name) -> name.toLowerCase(Locale.ROOT)).toList();
		for (String name : replayedHeaders) {
			if (NEVER.contains(name)) {
				throw new IllegalArgumentException(
						"Header '" + name + "' belongs to one caller or one connection and is "
								+ "never stored; remove it from idempotency.web.replayed-headers");
			}
		}
		if (maxKeyLength < 1 || maxKeyLength > 1000) {
			throw new IllegalArgumentException("maxKeyLength must be between 1 and 1000, not " + maxKeyLength);
		}
	}

	boolean replays(String name) {
		return this.replayedHeaders.contains(name.toLowerCase(Locale.ROOT));
	}

	String retryAfterSeconds() {
		return String.valueOf(Math.max(1, this.retryAfter.toSeconds()));
	}

}
