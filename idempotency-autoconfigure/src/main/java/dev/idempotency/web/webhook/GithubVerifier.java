// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web.webhook;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * GitHub signs the body and nothing else. The id beside it is therefore compared with the
 * body: another body under a known id is a collision.
 */
final class GithubVerifier implements WebhookVerifier {

	private static final String PREFIX = "sha256=";

	private final List<byte[]> secrets;

	GithubVerifier(List<String> secrets) {
		this.secrets = secrets.stream().map(Signatures::utf8).toList();
	}

	@Override
	public Verification verify(WebhookRequest request) {
		String signature = request.header("X-Hub-Signature-256");
		if (!isGenuine(request, signature)) {
			return new Verification.Forged((signature == null) ? "no single header X-Hub-Signature-256"
					: "the signature is of no secret that is configured");
		}
		String id = request.header("X-GitHub-Delivery");
		return (id != null) ? new Verification.Genuine(id, true)
				: new Verification.Nameless("no single header X-GitHub-Delivery");
	}

	private boolean isGenuine(WebhookRequest request, @Nullable String signature) {
		return signature != null && signature.startsWith(PREFIX) && Signatures.isOfOne(this.secrets,
				List.of(Signatures.hex(signature.substring(PREFIX.length()))), request.body());
	}

}
