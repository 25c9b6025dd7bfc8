// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.token;

import java.time.Duration;

import dev.idempotency.effect.UnprotectedEffectException;

/**
 * Short codes that people type. There are few of them, so a code is bound to its subject,
 * wrong guesses are counted, and what is stored is a HMAC with a key the database does
 * not have.
 * <p>
 * A code is checked before the transaction and burnt inside of it: a wrong guess must
 * stay counted although the transaction of the effect is rolled back.
 */
public interface OneTimeCodes {

	/**
	 * Issues a code and revokes what else the subject has for this purpose.
	 * @param purpose what it is good for, 1 to 100 characters
	 * @param subject whom or what it is for, 1 to 1024 characters
	 * @param validFor how long it can be used, positive
	 * @return the code, decimal digits; this is the only time it can be had
	 * @throws IllegalArgumentException if an argument is out of its bounds
	 * @throws UnprotectedEffectException outside of a transaction on the inbox's database
	 */
	String issue(String purpose, String subject, Duration validFor);

	/**
	 * Compares a guess and counts it if it is wrong. However many guess at the same time,
	 * a right guess behind as many wrong ones as are allowed is refused.
	 * @param purpose what the code is to be good for
	 * @param subject whom or what it must be for
	 * @param code what the caller presented, may be anything
	 * @return the code to be burnt in the transaction of the effect; whether it is still
	 * good is decided there
	 * @throws InvalidTokenException if it is wrong, or guessed too often
	 * @throws UnprotectedEffectException inside of a transaction
	 */
	CheckedCode check(String purpose, String subject, String code);

	/**
	 * Burns a code.
	 * @param code what {@link #check} returned
	 * @throws InvalidTokenException if it was used, expired or was revoked
	 * @throws UnprotectedEffectException outside of a transaction on the inbox's database
	 */
	void consume(CheckedCode code);

}
