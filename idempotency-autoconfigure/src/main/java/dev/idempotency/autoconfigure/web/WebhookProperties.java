// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.web;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.idempotency.web.webhook.WebhookProvider;
import dev.idempotency.web.webhook.WebhookSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of webhooks.
 *
 * @param webhooks Settings by the name of the endpoint.
 */
@ConfigurationProperties("idempotency")
public record WebhookProperties(@DefaultValue Map<String, Endpoint> webhooks) {

	Map<String, WebhookSettings> settings() {
		Map<String, WebhookSettings> settings = new LinkedHashMap<>();
		this.webhooks.forEach((name, endpoint) -> settings.put(name, endpoint.settings()));
		return settings;
	}

	/**
	 * Settings of one endpoint.
	 *
	 * @param provider Sender whose signatures are verified.
	 * @param secrets Secrets the sender signs with; several while one is being replaced.
	 * @param tolerance How far the time of a signature may be from now, where the sender
	 * signs one.
	 * @param maxBody Largest body that is read.
	 * @param redeliveryHorizon For how long the sender may deliver again, if not what is
	 * known of it.
	 */
	public record Endpoint(@Nullable WebhookProvider provider, @DefaultValue List<String> secrets,
			@DefaultValue("5m") Duration tolerance, @DefaultValue("2MB") DataSize maxBody,
			@Nullable Duration redeliveryHorizon) {

		WebhookSettings settings() {
			return new WebhookSettings(this.provider, this.secrets, this.tolerance,
					(int) Math.min(this.maxBody.toBytes(), Integer.MAX_VALUE - 1), this.redeliveryHorizon);
		}

		@Override
		public String toString() {
			return this.provider + " with " + this.secrets.size() + " secrets";
		}

	}

}
