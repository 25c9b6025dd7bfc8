// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.token;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;

import dev.idempotency.effect.EffectEvent.Token.Decision;
import dev.idempotency.effect.EffectListener;

/**
 * Codes by a HMAC of purpose, subject and code.
 */
public final class HashedCodes implements OneTimeCodes {

	private final TokenBurning burning;

	private final Settings settings;

	private final SecureRandom random = new SecureRandom();

	/**
	 * Creates codes.
	 * @param store where their hashes are
	 * @param listener hears every decision
	 * @param settings how codes are made
	 */
	public HashedCodes(TokenStore store, EffectListener listener, Settings settings) {
		this.burning = new TokenBurning(store, listener);
		this.settings = settings;
	}

	@Override
	public String issue(String purpose, String subject, Duration validFor) {
		TokenBounds.check(purpose, subject, validFor);
		byte[] key = keys().get(0);
		this.burning.store().revoke(purpose, subject);
		String code = digits();
		byte[] hash = TokenHashes.hmac(key, purpose, subject, code);
		while (this.burning.store().find(hash) != null) {
			code = digits();
			hash = TokenHashes.hmac(key, purpose, subject, code);
		}
		this.burning.store().insert(hash, purpose, subject, validFor);
		this.burning.afterCommit(purpose, Decision.ISSUED);
		return code;
	}

	@Override
	public CheckedCode check(String purpose, String subject, String code) {
		List<byte[]> guesses = keys().stream().map((key) -> TokenHashes.hmac(key, purpose, subject, code)).toList();
		int max = this.settings.maxAttempts();
		Decision refused = Decision.UNKNOWN;
		for (StoredToken stored : this.burning.store().attempt(purpose, subject, guesses, max)) {
			boolean usable = stored.state() == StoredToken.State.USABLE;
			boolean exhausted = usable && stored.attempts() >= max;
			if (!exhausted && guesses.stream().anyMatch((guess) -> MessageDigest.isEqual(guess, stored.hash()))) {
				return new CheckedCode(purpose, subject, stored.hash());
			}
			if (usable) {
				refused = exhausted ? Decision.EXHAUSTED : Decision.WRONG;
			}
		}
		throw this.burning.refused(purpose, refused);
	}

	@Override
	public void consume(CheckedCode code) {
		this.burning.burn(code.purpose(), code.hash(), code.subject());
	}

	private List<byte[]> keys() {
		if (this.settings.keys().isEmpty()) {
			throw new IllegalStateException("Codes need a key that the database does not have: set "
					+ "idempotency.tokens.codes.keys to 32 random bytes or more in Base64");
		}
		return this.settings.keys();
	}

	private String digits() {
		StringBuilder code = new StringBuilder();
		for (int i = 0; i < this.settings.digits(); i++) {
			code.append(this.random.nextInt(10));
		}
		return code.toString();
	}

	/**
	 * How codes are made.
	 *
	 * @param keys keys of 32 bytes or more; the first is for new codes, all are tried
	 * @param digits length of a code, 6 to 12
	 * @param maxAttempts wrong guesses before a code is void, 1 to 100
	 */
	public record Settings(List<byte[]> keys, int digits, int maxAttempts) {

		private static final int LEAST_KEY = 32;

		public Settings {
			keys = List.copyOf(keys);
			if (keys.stream().anyMatch((key) -> key.length < LEAST_KEY)) {
				throw new IllegalArgumentException("keys of " + LEAST_KEY + " bytes or more, which one of "
						+ "idempotency.tokens.codes.keys is not; make one with: openssl rand -base64 32");
			}
			if (digits < 6 || digits > 12) {
				throw new IllegalArgumentException("idempotency.tokens.codes.digits between 6 and 12, not " + digits);
			}
			if (maxAttempts < 1 || maxAttempts > 100) {
				throw new IllegalArgumentException(
						"idempotency.tokens.codes.max-attempts between 1 and 100, not " + maxAttempts);
			}
		}

	}

}
