// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web.webhook;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * Deliveries for verifiers, made by hand.
 */
final class SignedRequests {

	static final Instant NOW = Instant.ofEpochSecond(1_614_265_330);

	private final Map<String, String> headers = new HashMap<>();

	private byte[] body;

	SignedRequests(String body) {
		this.body = bytes(body);
	}

	SignedRequests header(String name, String value) {
		this.headers.put(name, value);
		return this;
	}

	SignedRequests body(String changed) {
		this.body = bytes(changed);
		return this;
	}

	WebhookRequest at(Instant received) {
		return new WebhookRequest(this.headers::get, this.body, received);
	}

	WebhookRequest now() {
		return at(NOW);
	}

	static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	static String hmac(String secret, String text) {
		return HexFormat.of().formatHex(Signatures.hmac(bytes(secret), bytes(text)));
	}

}
