// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.token;

import java.time.Duration;
import java.util.List;

import dev.idempotency.effect.UnprotectedEffectException;
import org.jspecify.annotations.Nullable;

/**
 * Where the hashes of tokens are. Everything but {@link #attempt} happens in the caller's
 * transaction and throws {@link UnprotectedEffectException} where there is none.
 */
public interface TokenStore {

	/**
	 * Adds a token.
	 * @param hash what it is known by, 32 bytes
	 * @param purpose what it is good for
	 * @param subject whom or what it is for
	 * @param validFor how long from now, by the store's clock
	 */
	void insert(byte[] hash, String purpose, String subject, Duration validFor);

	/**
	 * Looks a token up without touching it.
	 * @param hash what it is known by
	 * @return what is known, {@code null} if nothing is
	 */
	@Nullable StoredToken find(byte[] hash);

	/**
	 * Looks up a token that was changed a moment ago, past the snapshot of the
	 * transaction.
	 * @param hash what it is known by
	 * @return what is known, {@code null} if nothing is
	 */
	@Nullable StoredToken findLatest(byte[] hash);

	/**
	 * Marks a token as used if it is usable, by the store's clock. Waits for a bounded
	 * time for another transaction that has it.
	 * @param hash what it is known by
	 * @return whether this call did it
	 */
	boolean burn(byte[] hash);

	/**
	 * Revokes what a subject has that is neither used nor revoked.
	 * @param purpose what it was good for
	 * @param subject whom or what it was for
	 * @return how many there were
	 */
	int revoke(String purpose, String subject);

	/**
	 * In a transaction of its own, counts a guess against every code of a subject that it
	 * does not match and that has attempts left, and reads them all. Guesses at one code
	 * follow one another.
	 * @param purpose what the code is to be good for
	 * @param subject whom or what it must be for
	 * @param guesses what the guessed code may be known by
	 * @param maxAttempts wrong guesses allowed
	 * @return the codes of the subject
	 */
	List<StoredToken> attempt(String purpose, String subject, List<byte[]> guesses, int maxAttempts);

	/**
	 * Calls back when the caller's transaction has committed.
	 * @param callback what to call
	 */
	void afterCommit(Runnable callback);

}
