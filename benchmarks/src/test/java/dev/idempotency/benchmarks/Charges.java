// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.ExactlyOnceEffect;

import org.springframework.core.env.Environment;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * Calls of the provider, bare and under a contract.
 */
@Component
class Charges {

	static final String WITH_KEY = "charges-with-key";

	static final String AT_MOST_ONCE = "charges-at-most-once";

	private final RestClient client;

	private final Environment environment;

	Charges(RestClient.Builder client, Environment environment) {
		this.client = client.build();
		this.environment = environment;
	}

	public void bare(Charge charge) {
		String origin = "http://127.0.0.1:" + this.environment.getProperty("local.server.port");
		this.client.post()
			.uri(origin + charge.path())
			.contentType(MediaType.APPLICATION_JSON)
			.body(charge.payment().json())
			.retrieve()
			.toBodilessEntity();
	}

	@ExactlyOnceEffect(flow = WITH_KEY, key = "#charge.payment.id", contract = EffectContract.EXTERNAL_WITH_KEY)
	public void withKey(Charge charge) {
		bare(charge);
	}

	@ExactlyOnceEffect(flow = AT_MOST_ONCE, key = "#charge.payment.id", contract = EffectContract.EXTERNAL_AT_MOST_ONCE)
	public void atMostOnce(Charge charge) {
		bare(charge);
	}

	/**
	 * What is charged, and where.
	 */
	record Charge(String path, Payment payment) {
	}

}
