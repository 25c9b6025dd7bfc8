// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web;

import dev.idempotency.effect.CurrentEffect;
import dev.idempotency.effect.InvalidIdentityException;
import dev.idempotency.effect.ProviderKey;
import reactor.core.publisher.Mono;

import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;

/**
 * Sends the idempotency key of the current external effect with the requests of
 * {@code WebClient}. The effect must be waited for with {@code block()} on its own
 * thread: elsewhere nobody knows which effect a request belongs to.
 */
public final class IdempotencyKeyFilter implements ExchangeFilterFunction {

	/**
	 * {@inheritDoc}
	 * @throws InvalidIdentityException if the request carries another key
	 */
	@Override
	public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
		CurrentEffect effect = CurrentEffect.get();
		ProviderKey key = KeyHeader.of(effect, request.url());
		ProviderKey missing = KeyHeader.missing(key, request.url(), request.headers());
		ClientRequest keyed = (missing == null) ? request
				: ClientRequest.from(request).header(missing.header(), missing.value()).build();
		ReachedOutside reached = new ReachedOutside(effect, key != null);
		return next.exchange(keyed)
			.doOnNext((response) -> reached.answered(response.statusCode()))
			.doOnError(reached::failed)
			.doOnCancel(reached::answered);
	}

}
