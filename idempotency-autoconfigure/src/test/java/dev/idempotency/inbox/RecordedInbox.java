// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.util.ArrayList;
import java.util.List;

import dev.idempotency.effect.EffectCall;
import org.jspecify.annotations.Nullable;

/**
 * An inbox that says what the test wants, by default that the claim is held.
 */
final class RecordedInbox implements Inbox {

	final List<String> asked = new ArrayList<>();

	Claim answer = new Held();

	boolean rejected;

	@Nullable RuntimeException failure;

	@Override
	public Claim claim(EffectCall call) {
		if (this.failure != null) {
			throw this.failure;
		}
		this.asked.add(call.key().id());
		return this.answer;
	}

	private final class Held implements Claim.Held {

		@Override
		public void reject() {
			RecordedInbox.this.rejected = true;
		}

		@Override
		public boolean holds() {
			return true;
		}

	}

}
