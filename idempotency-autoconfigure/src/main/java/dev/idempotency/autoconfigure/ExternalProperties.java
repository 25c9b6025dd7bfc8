// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.time.Duration;
import java.util.Map;

import dev.idempotency.effect.ProviderProfile;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties of external effects.
 *
 * @param lease How long a claim holds without a sign of life of its owner; it is renewed
 * while the effect runs.
 * @param maxAttempts How often an effect that its provider may have seen is begun at most
 * before it is in doubt.
 * @param sweepInterval Pause between two looks for claims whose owner died, and for
 * effects in doubt to ask reconcilers about; zero switches both off on this node.
 * @param reconcileInterval How long an effect in doubt is left alone after its reconciler
 * was asked; zero: reconcilers are never asked.
 * @param batchSize Number of claims one look takes at most.
 * @param providers Providers of idempotency keys by name, besides stripe, adyen, paypal
 * and generic.
 */
@ConfigurationProperties("idempotency.external")
public record ExternalProperties(@DefaultValue("30s") Duration lease, @DefaultValue("5") int maxAttempts,
		@DefaultValue("5s") Duration sweepInterval, @DefaultValue("1m") Duration reconcileInterval,
		@DefaultValue("100") int batchSize, @DefaultValue Map<String, Provider> providers) {

	/**
	 * A provider of idempotency keys.
	 *
	 * @param header HTTP header that carries the key.
	 * @param maxLength Longest key it takes, 20 to 255.
	 * @param charset Characters it takes.
	 * @param retention How long it surely recognises a key.
	 * @param stickyErrors Whether it stores an answer of status 500 with the key and
	 * answers every repetition with it. The effect is then in doubt at once, instead of
	 * being begun up to max-attempts times.
	 */
	public record Provider(@DefaultValue("Idempotency-Key") String header, @DefaultValue("64") int maxLength,
			@DefaultValue("printable") ProviderProfile.Charset charset, @DefaultValue("24h") Duration retention,
			@DefaultValue("false") boolean stickyErrors) {
	}

}
