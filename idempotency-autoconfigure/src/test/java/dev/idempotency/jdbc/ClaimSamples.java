// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.Fingerprint;
import dev.idempotency.effect.StoredResult;
import dev.idempotency.inbox.ClaimChange;
import dev.idempotency.inbox.ClaimId;
import dev.idempotency.inbox.ClaimRequest;
import dev.idempotency.inbox.ClaimState;

/**
 * Claims of an external effect and their steps.
 */
final class ClaimSamples {

	static final Duration LONG = Duration.ofHours(1);

	static final EffectKey KEY = key("42");

	private ClaimSamples() {
	}

	static EffectKey key(String id) {
		return new EffectKey("mail", "orders", id);
	}

	static ClaimId id(long fence) {
		return new ClaimId(KEY.hash(), fence);
	}

	static ClaimRequest keyed(String owner, Duration lease, Duration window) {
		return new ClaimRequest(KEY, print("content"), EffectContract.EXTERNAL_WITH_KEY, owner, lease, "provider-key",
				window);
	}

	static ClaimRequest once(String owner, Duration lease) {
		return new ClaimRequest(KEY, null, EffectContract.EXTERNAL_AT_MOST_ONCE, owner, lease, null, null);
	}

	static ClaimChange repeatable(long fence) {
		return new ClaimChange(id(fence), ClaimState.CLAIMED, ClaimState.RETRYABLE, false, true, false, null, "why",
				null);
	}

	static ClaimChange notExecuted(long fence, boolean reached) {
		return new ClaimChange(id(fence), ClaimState.CLAIMED, ClaimState.RETRYABLE, false, reached, false,
				reached ? null : LONG, "why", null);
	}

	static ClaimChange expired(long fence) {
		return new ClaimChange(id(fence), ClaimState.CLAIMED, ClaimState.IN_DOUBT, true, true, false, null, "expired",
				null);
	}

	static ClaimChange completed(long fence, ClaimState from) {
		return new ClaimChange(id(fence), from, ClaimState.COMPLETED, false, true, false, LONG, null,
				new StoredResult("json/1", new byte[] { 1, 2 }));
	}

	static ClaimChange finished(ClaimId id, ClaimState state, Duration keep) {
		return new ClaimChange(id, ClaimState.CLAIMED, state, false, true, false, keep, null, null);
	}

	static Fingerprint print(String content) {
		return Fingerprint.of(content.getBytes(StandardCharsets.UTF_8));
	}

}
