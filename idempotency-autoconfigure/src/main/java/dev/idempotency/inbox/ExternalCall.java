// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.util.Objects;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.Fingerprint;
import dev.idempotency.effect.ProviderKey;
import dev.idempotency.effect.ProviderProfile;
import dev.idempotency.effect.UnprotectedEffectException;
import org.jspecify.annotations.Nullable;

/**
 * One request to have an external effect.
 *
 * @param key identity of the effect
 * @param fingerprint digest of its content, {@code null} if collisions need not be
 * detected
 * @param contract an external contract
 * @param settings how it is kept from repeating
 */
public record ExternalCall(EffectKey key, @Nullable Fingerprint fingerprint, EffectContract contract,
		ExternalSettings settings) {

	public ExternalCall {
		if (contract == EffectContract.LOCAL) {
			throw new IllegalArgumentException("LOCAL is no external contract");
		}
		if (contract == EffectContract.EXTERNAL_WITH_KEY && settings.provider() == null) {
			throw new UnprotectedEffectException(noProvider(key.consumer()));
		}
	}

	/**
	 * What to say where a key is to be sent and nobody said to whom.
	 * @param flow the flow
	 * @return a text for people
	 */
	public static String noProvider(String flow) {
		return "Flow '" + flow + "' sends an idempotency key, but nobody said to whom: set idempotency.flows." + flow
				+ ".external.provider to stripe, adyen, paypal, generic or a provider of your own; "
				+ "it says how long a call may be repeated";
	}

	ProviderProfile provider() {
		return Objects.requireNonNull(this.settings.provider(), "provider");
	}

	boolean repeatsSafely() {
		return this.contract == EffectContract.EXTERNAL_WITH_KEY;
	}

	ProviderKey firstKey() {
		return new ProviderKey(provider().keyOf(this.key, 0), provider().header(), this.settings.hosts());
	}

	ClaimRequest request(String owner) {
		boolean keyed = repeatsSafely();
		return new ClaimRequest(this.key, this.fingerprint, this.contract, owner, this.settings.lease(),
				keyed ? provider().keyOf(this.key, 0) : null, keyed ? provider().retention() : null);
	}

}
