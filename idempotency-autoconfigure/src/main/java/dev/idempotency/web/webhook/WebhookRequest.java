// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web.webhook;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * A delivery as it arrived.
 *
 * @param header yields the only value of a header, {@code null} if there is none or more
 * than one
 * @param body the raw bytes
 * @param received when it arrived
 */
record WebhookRequest(Function<String, @Nullable String> header, byte[] body, Instant received) {

	private static final int MAX_DIGITS = 12;

	@Nullable String header(String name) {
		String value = this.header.apply(name);
		return (value != null && !value.isBlank()) ? value.trim() : null;
	}

	/**
	 * Whether the sender signed it within a time around now.
	 * @param seconds seconds since 1970 in decimal
	 */
	boolean isSignedWithin(Duration tolerance, String seconds) {
		if (seconds.isEmpty() || seconds.length() > MAX_DIGITS
				|| !seconds.chars().allMatch((digit) -> digit >= '0' && digit <= '9')) {
			return false;
		}
		Instant signed = Instant.ofEpochSecond(Long.parseLong(seconds));
		return Duration.between(signed, this.received).abs().compareTo(tolerance) <= 0;
	}

}
