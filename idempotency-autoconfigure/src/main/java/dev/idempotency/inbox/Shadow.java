// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.idempotency.effect.EffectEvent.Shadowed.Verdict;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.Fingerprint;
import org.jspecify.annotations.Nullable;

/**
 * Tells what an active consumer finds when it gets a message, without being one. Beside a
 * shadow others are active: that the inbox knows a message may mean that one of them has
 * just applied this very delivery. So a message is a repetition if the shadow itself saw
 * its identity in another place, or if its effect is older than the message.
 */
public final class Shadow {

	private static final int REMEMBERED = 10_000;

	private final InboxView inbox;

	private final Clock clock;

	private final Map<EffectKey, Seen> seen = new LinkedHashMap<>() {

		@Override
		protected boolean removeEldestEntry(Map.Entry<EffectKey, Seen> eldest) {
			return size() > REMEMBERED;
		}

	};

	/**
	 * Creates a shadow.
	 * @param inbox what is known of effects
	 * @param clock compares ages with the times of messages
	 */
	public Shadow(InboxView inbox, Clock clock) {
		this.inbox = inbox;
		this.clock = clock;
	}

	/**
	 * Looks at a message.
	 * @param key its identity
	 * @param fingerprint digest of its content, {@code null} for none
	 * @param place where it was delivered from; the same again is the same delivery
	 * @param sent when it was written there
	 * @return what an active consumer finds, {@code null} if this place was looked at
	 * before
	 */
	public @Nullable Verdict look(EffectKey key, @Nullable Fingerprint fingerprint, String place, Instant sent) {
		Seen first = seen(key);
		if (first != null && first.place().equals(place)) {
			return null;
		}
		Verdict verdict;
		if (first != null) {
			verdict = collide(first.fingerprint(), fingerprint) ? Verdict.COLLISION : Verdict.DUPLICATE;
		}
		else {
			verdict = compare(this.inbox.find(key), fingerprint, sent);
			remember(key, new Seen(place, fingerprint));
		}
		return verdict;
	}

	private Verdict compare(InboxView.@Nullable Known known, @Nullable Fingerprint fingerprint, Instant sent) {
		if (known == null) {
			return Verdict.FRESH;
		}
		if (collide(known.fingerprint(), fingerprint)) {
			return Verdict.COLLISION;
		}
		return this.clock.instant().minus(known.age()).isBefore(sent) ? Verdict.DUPLICATE : Verdict.FRESH;
	}

	private static boolean collide(@Nullable Fingerprint one, @Nullable Fingerprint other) {
		return one != null && other != null && !one.equals(other);
	}

	private @Nullable Seen seen(EffectKey key) {
		synchronized (this.seen) {
			return this.seen.get(key);
		}
	}

	private void remember(EffectKey key, Seen first) {
		synchronized (this.seen) {
			this.seen.put(key, first);
		}
	}

	private record Seen(String place, @Nullable Fingerprint fingerprint) {
	}

}
