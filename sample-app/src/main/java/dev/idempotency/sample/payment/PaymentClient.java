// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.payment;

import java.time.Duration;
import java.util.Objects;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * Speaks to the provider. The idempotency key is not its business: the starter's
 * interceptor sends the key of the effect.
 */
@Component
@ConditionalOnProperty("sample.provider.url")
class PaymentClient {

	private static final Duration PATIENCE = Duration.ofSeconds(2);

	private final RestClient http;

	PaymentClient(RestClient.Builder http, @Value("${sample.provider.url}") String url) {
		this.http = http.baseUrl(url)
			.requestFactory(ClientHttpRequestFactoryBuilder.jdk()
				.build(HttpClientSettings.defaults().withTimeouts(PATIENCE, PATIENCE)))
			.build();
	}

	Charge charge(String orderId, long cents) {
		Charge charge = this.http.post()
			.uri("/charges")
			.contentType(MediaType.APPLICATION_JSON)
			.body(new Order(orderId, cents))
			.retrieve()
			.body(Charge.class);
		return Objects.requireNonNull(charge, "The provider answered nothing");
	}

	/**
	 * What is to be paid.
	 *
	 * @param orderId the order
	 * @param cents how much
	 */
	record Order(String orderId, long cents) {
	}

	/**
	 * What the provider charged.
	 *
	 * @param id its id
	 * @param orderId the order
	 * @param cents how much
	 */
	record Charge(String id, String orderId, long cents) {
	}

}
