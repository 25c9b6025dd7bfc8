// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.token;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;

import dev.idempotency.effect.EffectEvent.Token.Decision;
import dev.idempotency.effect.EffectListener;
import org.jspecify.annotations.Nullable;

/**
 * Tokens by the hash of purpose and token.
 */
public final class HashedTokens implements OneTimeTokens {

	private static final int BYTES = 32;

	private final TokenBurning burning;

	private final SecureRandom random = new SecureRandom();

	/**
	 * Creates tokens.
	 * @param store where their hashes are
	 * @param listener hears every decision
	 */
	public HashedTokens(TokenStore store, EffectListener listener) {
		this.burning = new TokenBurning(store, listener);
	}

	@Override
	public String issue(String purpose, String subject, Duration validFor) {
		TokenBounds.check(purpose, subject, validFor);
		byte[] secret = new byte[BYTES];
		this.random.nextBytes(secret);
		String token = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
		this.burning.store().insert(TokenHashes.sha256(purpose, token), purpose, subject, validFor);
		this.burning.afterCommit(purpose, Decision.ISSUED);
		return token;
	}

	@Override
	public String consume(String purpose, String token) {
		return burn(purpose, token, null);
	}

	@Override
	public void consume(String purpose, String subject, String token) {
		burn(purpose, token, subject);
	}

	private String burn(String purpose, String token, @Nullable String subject) {
		return this.burning.burn(purpose, TokenHashes.sha256(purpose, token), subject);
	}

	@Override
	public int revoke(String purpose, String subject) {
		return this.burning.store().revoke(purpose, subject);
	}

}
