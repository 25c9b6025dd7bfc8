// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

import dev.idempotency.effect.ProviderProfile;
import org.jspecify.annotations.Nullable;

/**
 * How the external effects of a flow are kept from repeating.
 *
 * @param lease how long a claim holds without a sign of life, positive; it is renewed
 * while the body runs
 * @param waitFor longest wait for a concurrent duplicate
 * @param retention how long outcomes are remembered
 * @param maxAttempts how often an effect that may have been seen outside is begun at
 * most, at least 1
 * @param provider how the provider takes a key, {@code null} if nobody said so
 * @param hosts hosts that get the key, none for every host
 * @param failures what a failure of the body says
 * @param allowInTransaction whether it may run while a transaction is open, whose
 * rollback does not undo it
 */
public record ExternalSettings(Duration lease, Duration waitFor, Duration retention, int maxAttempts,
		@Nullable ProviderProfile provider, Set<String> hosts, FailureRule failures, boolean allowInTransaction) {

	/** Shortest lease. */
	public static final Duration SHORTEST_LEASE = Duration.ofMillis(100);

	private static final Pattern NO_HOST = Pattern.compile("[/\\s]|^[^\\[].*:");

	public ExternalSettings {
		Objects.requireNonNull(failures, "failures");
		hosts = Set.copyOf(hosts);
		for (String host : hosts) {
			if (NO_HOST.matcher(host).find()) {
				throw new IllegalArgumentException(
						"hosts are names without scheme, port and path, unlike '" + host + "'");
			}
		}
		if (lease.compareTo(SHORTEST_LEASE) < 0) {
			throw new IllegalArgumentException("lease must be at least " + SHORTEST_LEASE + ", not " + lease);
		}
		if (waitFor.isNegative()) {
			throw new IllegalArgumentException("waitFor must not be negative, but is " + waitFor);
		}
		if (retention.isNegative() || retention.isZero()) {
			throw new IllegalArgumentException("retention must be positive, not " + retention);
		}
		if (maxAttempts < 1) {
			throw new IllegalArgumentException("maxAttempts must be at least 1, not " + maxAttempts);
		}
	}

}
