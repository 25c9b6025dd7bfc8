// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web;

import java.net.URI;
import java.util.List;

import dev.idempotency.effect.CurrentEffect;
import dev.idempotency.effect.InvalidIdentityException;
import dev.idempotency.effect.ProviderKey;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Decides whether a request gets the key of the effect it is made in.
 */
final class KeyHeader {

	private KeyHeader() {
	}

	/**
	 * The key a request is to carry.
	 * @return {@code null} if it gets none
	 */
	static @Nullable ProviderKey of(@Nullable CurrentEffect effect, URI uri) {
		return (effect != null) ? effect.keyFor(host(uri)) : null;
	}

	/**
	 * A name with an underscore is no host to {@link URI}, but clients send to it.
	 */
	private static @Nullable String host(URI uri) {
		if (uri.getHost() != null || uri.getRawAuthority() == null) {
			return uri.getHost();
		}
		return uri.getRawAuthority().replaceFirst("^.*@", "").replaceFirst(":\\d*$", "");
	}

	/**
	 * The key if it is still to be added.
	 * @return {@code null} if the request gets none, or has it already
	 * @throws InvalidIdentityException if it carries another
	 */
	static @Nullable ProviderKey missing(@Nullable ProviderKey key, URI uri, HttpHeaders headers) {
		List<String> present = (key != null) ? headers.getOrEmpty(key.header()) : List.of();
		if (key == null || present.isEmpty()) {
			return key;
		}
		if (present.size() == 1 && present.get(0).equals(key.value())) {
			return null;
		}
		throw new InvalidIdentityException("The request to " + host(uri) + " carries a " + key.header()
				+ " of its own, which is not that of the effect it is made in and would not stay the same when the "
				+ "effect is repeated. Leave the header to the effect, name the provider's hosts in "
				+ "idempotency.flows.<flow>.external.hosts, or make the request outside of the effect");
	}

}
