// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web.webhook;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * How an endpoint is configured.
 *
 * @param provider who sends, {@code null} if nobody said
 * @param secrets what signatures are made with; all are tried
 * @param tolerance how far the time of a signature may be from now
 * @param maxBody most bytes of a body
 * @param horizon for how long the sender may deliver again, {@code null} for what is
 * known of it
 */
public record WebhookSettings(@Nullable WebhookProvider provider, List<String> secrets, Duration tolerance, int maxBody,
		@Nullable Duration horizon) {

	public WebhookSettings {
		secrets = List.copyOf(secrets);
	}

	@Override
	public String toString() {
		return this.provider + " with " + this.secrets.size() + " secrets";
	}

}
