// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.token;

import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectEvent.Token.Decision;
import dev.idempotency.effect.EffectListener;
import org.jspecify.annotations.Nullable;

/**
 * Burns what is known by its hash, tells apart why it cannot, and tells nobody but the
 * listener. Whatever is wrong, one look-up by hash is all that happens, so an answer
 * takes the same time.
 */
final class TokenBurning {

	private final TokenStore store;

	private final EffectListener listener;

	TokenBurning(TokenStore store, EffectListener listener) {
		this.store = store;
		this.listener = listener;
	}

	TokenStore store() {
		return this.store;
	}

	/**
	 * Burns a token.
	 * @return its subject
	 */
	String burn(String purpose, byte[] hash, @Nullable String subject) {
		StoredToken found = this.store.find(hash);
		if (found == null) {
			throw refused(purpose, Decision.UNKNOWN);
		}
		if (subject != null && !subject.equals(found.subject())) {
			throw refused(purpose, Decision.OTHER_SUBJECT);
		}
		if (found.state() != StoredToken.State.USABLE) {
			throw refused(purpose, reason(found.state()));
		}
		if (!this.store.burn(hash)) {
			StoredToken latest = this.store.findLatest(hash);
			throw refused(purpose, (latest != null) ? reason(latest.state()) : Decision.UNKNOWN);
		}
		afterCommit(purpose, Decision.CONSUMED);
		return found.subject();
	}

	void afterCommit(String purpose, Decision decision) {
		this.store.afterCommit(() -> publish(purpose, decision));
	}

	InvalidTokenException refused(String purpose, Decision decision) {
		publish(purpose, decision);
		return new InvalidTokenException();
	}

	private void publish(String purpose, Decision decision) {
		this.listener.on(new EffectEvent.Token(purpose, decision));
	}

	/**
	 * What could not be burnt and looks usable was burnt by somebody else.
	 */
	private static Decision reason(StoredToken.State state) {
		return switch (state) {
			case USABLE, USED -> Decision.REUSED;
			case REVOKED -> Decision.REVOKED;
			case EXPIRED -> Decision.EXPIRED;
		};
	}

}
