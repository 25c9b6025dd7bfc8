// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * How a provider takes an idempotency key, and for how long it remembers one.
 *
 * @param name its name, for people
 * @param header HTTP header that carries the key
 * @param maxLength longest key it takes, at least {@value #MIN_LENGTH} characters
 * @param charset characters it takes
 * @param retention how long it surely recognises a key after it first saw it; a
 * repetition after that could have the effect again, so none is sent
 * @param stickyErrors whether it stores an answer of status 500 with the key and answers
 * every repetition with it: the effect is then in doubt at once
 */
public record ProviderProfile(String name, String header, int maxLength, Charset charset, Duration retention,
		boolean stickyErrors) {

	/** Shortest key that tells effects apart. */
	public static final int MIN_LENGTH = 20;

	/** Longest key that is stored. */
	public static final int MAX_LENGTH = 255;

	private static final int STORED_ERROR = 500;

	/**
	 * Stripe, API v1: keys of at most 255 characters, prunable once they are 24 hours
	 * old, and the first status and body are replayed, errors with status 500 included
	 * (docs.stripe.com/api/idempotent_requests).
	 */
	public static final ProviderProfile STRIPE = new ProviderProfile("stripe", "Idempotency-Key", 255,
			Charset.PRINTABLE, Duration.ofHours(24), true);

	/**
	 * Adyen: keys of at most 64 characters, valid for at least 31 days for the company
	 * account and the regional endpoint
	 * (docs.adyen.com/development-resources/api-idempotency).
	 */
	public static final ProviderProfile ADYEN = new ProviderProfile("adyen", "idempotency-key", 64, Charset.PRINTABLE,
			Duration.ofDays(31), false);

	/**
	 * PayPal: the header is {@code PayPal-Request-Id}; how long it is stored differs per
	 * API (developer.paypal.com/api/rest/reference/idempotency). The controllers of
	 * PayPal's server SDKs say 3 hours for Vault, 6 hours for Orders and 45 days for
	 * Payments, and at most 108 characters for the first two
	 * (github.com/paypal/PayPal-PHP-Server-SDK, {@code doc/controllers}). Three hours is
	 * the shortest of them, 38 characters an assumption for the others: set the retention
	 * of the API you call.
	 */
	public static final ProviderProfile PAYPAL = new ProviderProfile("paypal", "PayPal-Request-Id", 38,
			Charset.PRINTABLE, Duration.ofHours(3), false);

	/**
	 * What servers after draft-ietf-httpapi-idempotency-key-header can be expected to
	 * keep. The draft leaves retention to the server; a day is what most publish.
	 */
	public static final ProviderProfile GENERIC = new ProviderProfile("generic", "Idempotency-Key", 64,
			Charset.PRINTABLE, Duration.ofHours(24), false);

	private static final Map<String, ProviderProfile> KNOWN = Map.of("stripe", STRIPE, "adyen", ADYEN, "paypal", PAYPAL,
			"generic", GENERIC);

	public ProviderProfile {
		Objects.requireNonNull(name, "name");
		Objects.requireNonNull(charset, "charset");
		if (header.isBlank()) {
			throw new IllegalArgumentException("The header of provider '" + name + "' is blank");
		}
		if (maxLength < MIN_LENGTH || maxLength > MAX_LENGTH) {
			throw new IllegalArgumentException("The keys of provider '" + name + "' must have between " + MIN_LENGTH
					+ " and " + MAX_LENGTH + " characters at most, not " + maxLength);
		}
		if (retention.isNegative() || retention.isZero()) {
			throw new IllegalArgumentException(
					"The retention of provider '" + name + "' must be positive, not " + retention);
		}
	}

	/**
	 * A profile that comes with the library.
	 * @param name {@code stripe}, {@code adyen}, {@code paypal} or {@code generic}
	 * @return the profile, {@code null} if there is none of that name
	 */
	public static @Nullable ProviderProfile known(String name) {
		return KNOWN.get(name.toLowerCase(Locale.ROOT));
	}

	/**
	 * The key of an effect: the same whenever it is derived again, and one that no other
	 * effect has.
	 * @param effect the effect
	 * @param generation 0; another number gives another key, for an effect that is known
	 * not to have happened under the one before
	 * @return a key the provider takes
	 */
	public String keyOf(EffectKey effect, long generation) {
		byte[] digest = Fingerprint
			.of((generation + "/" + HexFormat.of().formatHex(effect.hash())).getBytes(StandardCharsets.US_ASCII))
			.bytes();
		String hex = HexFormat.of().formatHex(digest);
		if (this.charset == Charset.PRINTABLE && this.maxLength >= 36) {
			return hex.substring(0, 8) + "-" + hex.substring(8, 12) + "-8" + hex.substring(13, 16) + "-a"
					+ hex.substring(17, 20) + "-" + hex.substring(20, 32);
		}
		return hex.substring(0, Math.min(hex.length(), this.maxLength));
	}

	/**
	 * Whether every repetition under the key gets the same error. Another error says
	 * nothing: it may come from something in between.
	 * @param status the HTTP status of the answer
	 * @return {@code true} if repeating does not help
	 */
	public boolean sticks(int status) {
		return this.stickyErrors && status == STORED_ERROR;
	}

	/**
	 * Characters a provider takes in a key.
	 */
	public enum Charset {

		/** Printable ASCII: keys look like UUIDs. */
		PRINTABLE,

		/** Letters and digits. */
		ALPHANUMERIC

	}

}
