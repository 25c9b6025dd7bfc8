// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web;

import java.io.IOException;

import dev.idempotency.effect.CurrentEffect;
import dev.idempotency.effect.InvalidIdentityException;
import dev.idempotency.effect.ProviderKey;

import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

/**
 * Sends the idempotency key of the current external effect with the requests of
 * {@code RestClient} and {@code RestTemplate}. Outside of an effect with a key it sends
 * nothing. A key that the request carries already stays, if it is the effect's.
 */
public final class IdempotencyKeyInterceptor implements ClientHttpRequestInterceptor {

	/**
	 * {@inheritDoc}
	 * @throws InvalidIdentityException if the request carries another key
	 */
	@Override
	public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
			throws IOException {
		CurrentEffect effect = CurrentEffect.get();
		ProviderKey key = KeyHeader.of(effect, request.getURI());
		ProviderKey missing = KeyHeader.missing(key, request.getURI(), request.getHeaders());
		if (missing != null) {
			request.getHeaders().set(missing.header(), missing.value());
		}
		ReachedOutside reached = new ReachedOutside(effect, key != null);
		try {
			ClientHttpResponse response = execution.execute(request, body);
			reached.answered(response.getStatusCode());
			return response;
		}
		catch (IOException | RuntimeException | Error ex) {
			reached.failed(ex);
			throw ex;
		}
	}

}
