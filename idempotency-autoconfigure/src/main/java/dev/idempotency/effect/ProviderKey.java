// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * The key under which an external effect is known to its provider, stored before the
 * first call.
 *
 * @param value the key
 * @param header HTTP header that carries it
 * @param hosts hosts it is sent to; none means every host the effect calls
 */
public record ProviderKey(String value, String header, Set<String> hosts) {

	public ProviderKey {
		Objects.requireNonNull(value, "value");
		Objects.requireNonNull(header, "header");
		hosts = hosts.stream().map((host) -> host.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
	}

	/**
	 * Whether a host is to get the key.
	 * @param host the host, without a port; {@code null} if it is unknown
	 * @return {@code true} if it is
	 */
	public boolean isFor(@Nullable String host) {
		return this.hosts.isEmpty() || (host != null && this.hosts.contains(host.toLowerCase(Locale.ROOT)));
	}

	/**
	 * Does not show the key: whoever knows it can read the provider's stored answer.
	 */
	@Override
	public String toString() {
		return this.header + " for " + (this.hosts.isEmpty() ? "every host" : this.hosts);
	}

}
