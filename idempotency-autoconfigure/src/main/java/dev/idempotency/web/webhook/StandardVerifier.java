// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web.webhook;

import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/**
 * Standard Webhooks: id, time and body are signed together, by a shared secret
 * ({@code v1}) or a private key whose public half is known here ({@code v1a}).
 */
final class StandardVerifier implements WebhookVerifier {

	private static final String SECRET = "whsec_";

	private static final String PUBLIC_KEY = "whpk_";

	private static final int LEAST_SECRET = 24;

	private static final int LONGEST_SECRET = 64;

	private final List<byte[]> secrets = new ArrayList<>();

	private final List<PublicKey> publicKeys = new ArrayList<>();

	private final Duration tolerance;

	StandardVerifier(List<String> secrets, Duration tolerance) {
		this.tolerance = tolerance;
		for (String secret : secrets) {
			if (secret.startsWith(PUBLIC_KEY)) {
				this.publicKeys.add(Signatures.ed25519(decoded(secret, PUBLIC_KEY)));
			}
			else {
				this.secrets.add(shared(decoded(secret, SECRET)));
			}
		}
	}

	@Override
	public Verification verify(WebhookRequest request) {
		String id = request.header("webhook-id");
		String time = request.header("webhook-timestamp");
		String signatures = request.header("webhook-signature");
		if (id == null || time == null || signatures == null) {
			return new Verification.Forged("no single header webhook-id, webhook-timestamp or webhook-signature");
		}
		byte[] head = Signatures.utf8(id + "." + time + ".");
		if (!Signatures.isOfOne(this.secrets, values(signatures, "v1,"), head, request.body())
				&& !Signatures.isOfOneKey(this.publicKeys, values(signatures, "v1a,"), head, request.body())) {
			return new Verification.Forged("no signature in webhook-signature is of a secret that is configured");
		}
		return request.isSignedWithin(this.tolerance, time) ? new Verification.Genuine(id, false)
				: new Verification.Forged("it was signed more than " + this.tolerance + " ago or ahead");
	}

	private static List<byte[]> values(String header, String prefix) {
		return Stream.of(header.split(" "))
			.filter((part) -> part.startsWith(prefix))
			.map((part) -> base64(part.substring(prefix.length())))
			.toList();
	}

	private static byte[] base64(String text) {
		try {
			return Base64.getDecoder().decode(text);
		}
		catch (IllegalArgumentException ex) {
			return new byte[0];
		}
	}

	/**
	 * Says nothing of the secret.
	 */
	private static byte[] decoded(String secret, String prefix) {
		byte[] bytes = base64(secret.startsWith(prefix) ? secret.substring(prefix.length()) : secret);
		if (bytes.length == 0) {
			throw new IllegalArgumentException("secrets in Base64 behind whsec_ or whpk_");
		}
		return bytes;
	}

	private static byte[] shared(byte[] secret) {
		if (secret.length < LEAST_SECRET || secret.length > LONGEST_SECRET) {
			throw new IllegalArgumentException("secrets of " + LEAST_SECRET + " to " + LONGEST_SECRET
					+ " bytes, as the specification has it, not of " + secret.length);
		}
		return secret;
	}

}
