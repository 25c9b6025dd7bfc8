// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.Fingerprint;
import dev.idempotency.effect.Outcome;
import dev.idempotency.effect.Position;
import org.jspecify.annotations.Nullable;

/**
 * A bounded memory of committed outcomes; what was not asked for longest goes first.
 * Split by the key's hash, so that threads seldom meet.
 */
final class FinishedKeys {

	private static final int SEGMENTS = 16;

	private final Segment[] segments;

	private final Clock clock;

	FinishedKeys(int size, Clock clock) {
		int each = Math.max(1, size / SEGMENTS);
		this.segments = Stream.generate(() -> new Segment(each))
			.limit(Math.min(size, SEGMENTS))
			.toArray(Segment[]::new);
		this.clock = clock;
	}

	Instant now() {
		return this.clock.instant();
	}

	/**
	 * How an effect ended, if that is remembered and its content is not known to be
	 * another one. Under another number than it had it is left to the inbox, which
	 * accounts for the number.
	 */
	@Nullable Outcome find(EffectCall call) {
		Key key = Key.of(call.key());
		Finished finished = segment(key).find(key);
		if (finished == null) {
			return null;
		}
		if (!now().isBefore(finished.expiry())) {
			segment(key).forget(key);
			return null;
		}
		boolean same = Objects.equals(finished.place(), call.position());
		return (same && finished.mayBe(call.fingerprint())) ? finished.outcome() : null;
	}

	/**
	 * Remembers an effect whose transaction has committed.
	 * @param since a moment before its claim
	 */
	void add(EffectCall call, Outcome outcome, Instant since) {
		Key key = Key.of(call.key());
		segment(key).add(key,
				new Finished(outcome, call.fingerprint(), call.position(), since.plus(call.settings().retention())));
	}

	void clear() {
		for (Segment segment : this.segments) {
			segment.clear();
		}
	}

	private Segment segment(Key key) {
		return this.segments[Math.floorMod(key.hashCode(), this.segments.length)];
	}

	private record Finished(Outcome outcome, @Nullable Fingerprint fingerprint, @Nullable Position place,
			Instant expiry) {

		boolean mayBe(@Nullable Fingerprint other) {
			return this.fingerprint == null || other == null || this.fingerprint.equals(other);
		}

	}

	/**
	 * An effect's identity in the same few bytes, however long its id is.
	 */
	private record Key(byte[] hash) {

		static Key of(EffectKey key) {
			return new Key(key.hash());
		}

		@Override
		public boolean equals(Object other) {
			return other instanceof Key that && Arrays.equals(this.hash, that.hash);
		}

		@Override
		public int hashCode() {
			return Arrays.hashCode(this.hash);
		}

	}

	private static final class Segment {

		private final Map<Key, Finished> keys = new LinkedHashMap<>(16, 0.75f, true);

		private final int size;

		private Segment(int size) {
			this.size = size;
		}

		synchronized @Nullable Finished find(Key key) {
			return this.keys.get(key);
		}

		synchronized void forget(Key key) {
			this.keys.remove(key);
		}

		synchronized void add(Key key, Finished finished) {
			this.keys.put(key, finished);
			if (this.keys.size() > this.size) {
				this.keys.remove(this.keys.keySet().iterator().next());
			}
		}

		synchronized void clear() {
			this.keys.clear();
		}

	}

}
