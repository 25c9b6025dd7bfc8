// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web;

import java.util.List;

import dev.idempotency.effect.CurrentEffect;
import dev.idempotency.inbox.FailureRule;
import dev.idempotency.inbox.ListedFailures;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatusCode;

/**
 * Tells an effect that a request may have been seen, and what was answered. After that, a
 * connection that is refused to a second request says nothing about the first.
 */
final class ReachedOutside {

	private static final FailureRule NEVER_CONNECTED = new ListedFailures(List.of(), List.of());

	private final @Nullable CurrentEffect effect;

	private final boolean keyed;

	ReachedOutside(@Nullable CurrentEffect effect, boolean keyed) {
		this.effect = effect;
		this.keyed = keyed;
	}

	void answered() {
		if (this.effect != null) {
			this.effect.reachedOutside();
		}
	}

	void answered(HttpStatusCode status) {
		answered();
		if (this.effect != null && this.keyed) {
			this.effect.answered(status.value());
		}
	}

	void failed(Throwable failure) {
		if (NEVER_CONNECTED.judge(failure) != FailureRule.Verdict.NOT_EXECUTED) {
			answered();
		}
	}

}
