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
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Sends the idempotency key of the current external effect with the requests of
 * {@code WebClient}. A request belongs to the effect on whose thread it is described,
 * wherever it is sent from and however often.
 */
public final class IdempotencyKeyFilter implements ExchangeFilterFunction {

	private static final String EFFECT = IdempotencyKeyFilter.class.getName() + ".effect";

	/**
	 * Adds a filter to a builder that has none.
	 * @param builder the builder
	 */
	public static void addTo(WebClient.Builder builder) {
		builder.filters((filters) -> {
			if (filters.stream().noneMatch(IdempotencyKeyFilter.class::isInstance)) {
				filters.add(new IdempotencyKeyFilter());
				builder.defaultRequest(IdempotencyKeyFilter::remember);
			}
		});
	}

	/**
	 * A retry sends the same description again, on a thread that is in no effect.
	 */
	private static void remember(WebClient.RequestHeadersSpec<?> request) {
		CurrentEffect effect = CurrentEffect.get();
		if (effect != null) {
			request.attribute(EFFECT, effect);
		}
	}

	/**
	 * {@inheritDoc}
	 * @throws InvalidIdentityException if the request carries another key
	 */
	@Override
	public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
		CurrentEffect effect = (CurrentEffect) request.attribute(EFFECT).orElseGet(CurrentEffect::get);
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
