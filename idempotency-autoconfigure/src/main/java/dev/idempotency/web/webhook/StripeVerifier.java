// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web.webhook;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Stripe signs time and body; one signature for each secret while one is being replaced.
 * The event's id is in the body. The body itself may differ between attempts.
 */
final class StripeVerifier implements WebhookVerifier {

	private static final byte[] DOT = { '.' };

	private final List<byte[]> secrets;

	private final Duration tolerance;

	StripeVerifier(List<String> secrets, Duration tolerance) {
		this.secrets = secrets.stream().map(Signatures::utf8).toList();
		this.tolerance = tolerance;
	}

	@Override
	public Verification verify(WebhookRequest request) {
		String header = request.header("Stripe-Signature");
		if (header == null) {
			return new Verification.Forged("no single header Stripe-Signature");
		}
		List<String> times = values(header, "t=");
		if (times.size() != 1) {
			return new Verification.Forged("no single t= in Stripe-Signature");
		}
		byte[] time = Signatures.utf8(times.get(0));
		List<byte[]> signatures = values(header, "v1=").stream().map(Signatures::hex).toList();
		if (!Signatures.isOfOne(this.secrets, signatures, time, DOT, request.body())) {
			return new Verification.Forged("no v1= in Stripe-Signature is of a secret that is configured");
		}
		if (!request.isSignedWithin(this.tolerance, times.get(0))) {
			return new Verification.Forged("it was signed more than " + this.tolerance + " ago or ahead");
		}
		String id = TopLevelId.of(request.body());
		return (id != null) ? new Verification.Genuine(id, false)
				: new Verification.Nameless("the event in the body has no id");
	}

	private static List<String> values(String header, String prefix) {
		return Stream.of(header.split(","))
			.map(String::trim)
			.filter((part) -> part.startsWith(prefix))
			.map((part) -> part.substring(prefix.length()))
			.toList();
	}

}
