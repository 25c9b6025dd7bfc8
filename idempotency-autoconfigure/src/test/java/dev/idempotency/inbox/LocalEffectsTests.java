// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.idempotency.effect.CurrentEffect;
import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.EffectCollisionException;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectInProgressException;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.EffectObservation;
import dev.idempotency.effect.EffectResult;
import dev.idempotency.effect.Outcome;
import dev.idempotency.effect.ReentrantEffectException;
import dev.idempotency.effect.UnprotectedEffectException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class LocalEffectsTests {

	private final EffectCall call = new EffectCall(new EffectKey("flow", "source", "1"), null,
			new EffectCall.Settings(Duration.ofSeconds(1), Duration.ofDays(1)));

	private final List<EffectEvent> events = new ArrayList<>();

	private final ScriptedTransaction transaction = new ScriptedTransaction();

	@Test
	void claimIsTheFirstStatementAndTheProofTheLast() throws Throwable {
		EffectResult<String> result = effects(held(true)).run(this.call, this.transaction, () -> {
			this.transaction.log.add("body");
			return "value";
		});
		assertThat(result).isEqualTo(new EffectResult.Applied<>("value"));
		assertThat(this.transaction.log).containsExactly("begin", "claim", "body", "holds", "COMMITTED");
		assertThat(this.events).hasExactlyElementsOfTypes(EffectEvent.Claimed.class, EffectEvent.Completed.class);
	}

	@Test
	void finishedEffectIsNotRunAgain() throws Throwable {
		EffectResult<String> result = effects(new Claim.Done(Outcome.REJECTED)).run(this.call, this.transaction, () -> {
			throw new AssertionError("must not run");
		});
		assertThat(result).isEqualTo(new EffectResult.Duplicate<>(Outcome.REJECTED));
		assertThat(this.events).containsExactly(new EffectEvent.Duplicate("flow", this.call.key(), Outcome.REJECTED));
	}

	@Test
	void collisionIsRefusedAndRolledBack() {
		assertThatExceptionOfType(EffectCollisionException.class)
			.isThrownBy(() -> effects(new Claim.Collision()).run(this.call, this.transaction, () -> "never"));
		assertThat(this.transaction.log).endsWith("ROLLED_BACK");
		assertThat(this.events).containsExactly(new EffectEvent.Collision("flow", this.call.key()));
	}

	@Test
	void busyClaimRollsBackAndSaysToRepeat() {
		assertThatExceptionOfType(EffectInProgressException.class)
			.isThrownBy(() -> effects(new Claim.Busy(null)).run(this.call, this.transaction, () -> "never"))
			.withMessageContaining("repeat later");
		assertThat(this.transaction.log).endsWith("ROLLED_BACK");
	}

	@Test
	void failingBodyLeavesNothingBehind() {
		assertThatIllegalStateException().isThrownBy(() -> effects(held(true)).run(this.call, this.transaction, () -> {
			throw new IllegalStateException("declined");
		}));
		assertThat(this.transaction.log).containsExactly("begin", "claim", "ROLLED_BACK");
		assertThat(this.events).hasExactlyElementsOfTypes(EffectEvent.Claimed.class, EffectEvent.RolledBack.class);
	}

	@Test
	void exceptionThatCommitsStoresRejected() {
		this.transaction.committingOn(IllegalStateException.class);
		assertThatIllegalStateException().isThrownBy(() -> effects(held(true)).run(this.call, this.transaction, () -> {
			throw new IllegalStateException("declined");
		}));
		assertThat(this.transaction.log).containsExactly("begin", "claim", "reject", "holds", "COMMITTED");
		assertThat(this.events).last()
			.isInstanceOfSatisfying(EffectEvent.Completed.class,
					(completed) -> assertThat(completed.outcome()).isEqualTo(Outcome.REJECTED));
	}

	@Test
	void deadTransactionNeverReportsSuccess() {
		assertThatExceptionOfType(UnprotectedEffectException.class)
			.isThrownBy(() -> effects(held(false)).run(this.call, this.transaction, () -> "value"))
			.withMessageContaining("swallowed a failed statement");
		assertThat(this.transaction.log).endsWith("ROLLED_BACK");
	}

	@Test
	void commitWithoutAnswerDecidesNothing() {
		this.transaction.failingToCommit(new IllegalStateException("connection reset"));
		assertThatIllegalStateException()
			.isThrownBy(() -> effects(held(true)).run(this.call, this.transaction, () -> "value"));
		assertThat(this.events).last().isEqualTo(new EffectEvent.CommitUnknown("flow", this.call.key()));
	}

	@Test
	void sameKeyCannotBeEnteredAgainFromInside() throws Throwable {
		LocalEffects effects = effects(held(true));
		assertThatExceptionOfType(ReentrantEffectException.class).isThrownBy(() -> effects.run(this.call,
				this.transaction, () -> effects.run(this.call, this.transaction, () -> "inner")));
		assertThat(CurrentEffect.get()).isNull();
	}

	private LocalEffects effects(Claim claim) {
		return new LocalEffects((call) -> {
			this.transaction.log.add("claim");
			return claim;
		}, this.events::add, EffectObservation.NONE, Clock.systemUTC());
	}

	private Claim held(boolean holds) {
		return new Claim.Held() {

			@Override
			public void reject() {
				LocalEffectsTests.this.transaction.log.add("reject");
			}

			@Override
			public boolean holds() {
				LocalEffectsTests.this.transaction.log.add("holds");
				return holds;
			}

		};
	}

}
