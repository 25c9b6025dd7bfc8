// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.token;

import java.time.Duration;

import dev.idempotency.effect.UnprotectedEffectException;

/**
 * Tokens that can be used once. Everything happens in the caller's transaction, which is
 * that of the effect: a token is burnt if and only if the effect commits. A call that is
 * repeated under the identity of a finished effect does not get here, so it is a replay
 * and no reuse.
 * <p>
 * A token is 256 random bits. The database knows its SHA-256 alone.
 */
public interface OneTimeTokens {

	/**
	 * Issues a token.
	 * @param purpose what it is good for, 1 to 100 characters; a token for one purpose is
	 * unknown for any other
	 * @param subject whom or what it is for, 1 to 1024 characters
	 * @param validFor how long it can be used, positive
	 * @return the token, 43 characters of the URL-safe Base64 alphabet; this is the only
	 * time it can be had
	 * @throws IllegalArgumentException if an argument is out of its bounds
	 * @throws UnprotectedEffectException outside of a transaction on the inbox's database
	 */
	String issue(String purpose, String subject, Duration validFor);

	/**
	 * Burns a token of whatever subject.
	 * @param purpose what it is to be good for
	 * @param token what the caller presented, may be anything
	 * @return the subject it was issued for
	 * @throws InvalidTokenException if it cannot be used, for whatever reason
	 * @throws UnprotectedEffectException outside of a transaction on the inbox's database
	 */
	String consume(String purpose, String token);

	/**
	 * Burns a token of one subject.
	 * @param purpose what it is to be good for
	 * @param subject whom or what it must be for
	 * @param token what the caller presented, may be anything
	 * @throws InvalidTokenException if it cannot be used, for whatever reason
	 * @throws UnprotectedEffectException outside of a transaction on the inbox's database
	 */
	void consume(String purpose, String subject, String token);

	/**
	 * Revokes every token and code of a subject that was not used yet.
	 * @param purpose what they were good for
	 * @param subject whom or what they were for
	 * @return how many there were
	 * @throws UnprotectedEffectException outside of a transaction on the inbox's database
	 */
	int revoke(String purpose, String subject);

}
