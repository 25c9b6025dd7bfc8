// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web.webhook;

import java.time.Duration;
import java.util.List;

/**
 * Who signs how, and for how long the sender may deliver again.
 */
public enum WebhookProvider {

	/**
	 * GitHub: {@code X-Hub-Signature-256} over the body, {@code X-GitHub-Delivery} as id.
	 * Nothing is repeated automatically; people and scripts can redeliver for three days,
	 * on GitHub Enterprise Server for seven.
	 */
	GITHUB(Duration.ofDays(3), Duration.ofDays(7)) {

		@Override
		WebhookVerifier verifier(List<String> secrets, Duration tolerance) {
			return new GithubVerifier(secrets);
		}

	},

	/**
	 * Stripe: {@code Stripe-Signature} over time and body, the event's {@code id} in the
	 * body. Repeated automatically for three days; people can resend for thirty.
	 */
	STRIPE(Duration.ofDays(3), Duration.ofDays(30)) {

		@Override
		WebhookVerifier verifier(List<String> secrets, Duration tolerance) {
			return new StripeVerifier(secrets, tolerance);
		}

	},

	/**
	 * Standard Webhooks: {@code webhook-signature} over {@code webhook-id},
	 * {@code webhook-timestamp} and body, {@code v1} with a shared secret
	 * ({@code whsec_…}) or {@code v1a} with a public key ({@code whpk_…}). The schedule
	 * the specification recommends ends after 75 hours and 35 minutes.
	 */
	STANDARD(Duration.ofDays(4), Duration.ofDays(4)) {

		@Override
		WebhookVerifier verifier(List<String> secrets, Duration tolerance) {
			return new StandardVerifier(secrets, tolerance);
		}

	};

	private final Duration horizon;

	private final Duration byHand;

	WebhookProvider(Duration horizon, Duration byHand) {
		this.horizon = horizon;
		this.byHand = byHand;
	}

	/**
	 * For how long a delivery is commonly repeated.
	 * @return time since the first attempt
	 */
	public Duration horizon() {
		return this.horizon;
	}

	/**
	 * For how long a person can have it repeated.
	 */
	Duration byHand() {
		return this.byHand;
	}

	/**
	 * The rules of this sender.
	 * @throws IllegalArgumentException if a secret cannot be one of this sender's
	 */
	abstract WebhookVerifier verifier(List<String> secrets, Duration tolerance);

}
