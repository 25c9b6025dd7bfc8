// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.EffectCollisionException;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectGroupException;
import dev.idempotency.effect.EffectInProgressException;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.EffectObservation;
import dev.idempotency.effect.Outcome;
import dev.idempotency.effect.UnprotectedEffectException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Several effects in one transaction.
 */
class LocalEffectGroupsTests {

	private static final Claim DONE = new Claim.Done(Outcome.COMPLETED);

	private final List<EffectEvent> events = new ArrayList<>();

	private final ScriptedTransaction transaction = new ScriptedTransaction();

	private boolean holds = true;

	@Test
	void theProofIsAskedOnceForAllAndEverythingIsReportedAfterTheCommit() throws Throwable {
		run(List.of(held(), DONE, held()), () -> this.transaction.log.add("work " + this.events.size()));
		assertThat(this.transaction.log).containsExactly("begin", "claim 3", "work 2", "holds", "COMMITTED");
		assertThat(this.events).hasExactlyElementsOfTypes(EffectEvent.Claimed.class, EffectEvent.Claimed.class,
				EffectEvent.Completed.class, EffectEvent.Duplicate.class, EffectEvent.Completed.class);
	}

	@Test
	void aGroupOfRepetitionsCommitsWithoutAProof() throws Throwable {
		run(List.of(DONE, DONE), () -> this.transaction.log.add("work"));
		assertThat(this.transaction.log).containsExactly("begin", "claim 2", "work", "COMMITTED");
		assertThat(this.events).hasSize(2).allMatch(EffectEvent.Duplicate.class::isInstance);
	}

	@Test
	void aRolledBackGroupReportsNoRepetition() {
		assertThatExceptionOfType(EffectGroupException.class).isThrownBy(() -> run(List.of(held(), DONE), () -> {
			throw new IllegalStateException("declined");
		})).satisfies((ex) -> assertThat(ex.index()).isEqualTo(EffectGroupException.UNKNOWN));
		assertThat(this.events).hasExactlyElementsOfTypes(EffectEvent.Claimed.class, EffectEvent.RolledBack.class);
	}

	@Test
	void whatWouldCommitASingleEffectRollsAGroupBack() {
		this.transaction.committingOn(IllegalStateException.class);
		assertThatExceptionOfType(EffectGroupException.class).isThrownBy(() -> run(List.of(held(), held()), () -> {
			throw new IllegalStateException("declined");
		}));
		assertThat(this.transaction.log).endsWith("ROLLED_BACK");
	}

	@Test
	void aCollisionIsNamedAndNotYetReported() {
		assertThatExceptionOfType(EffectGroupException.class)
			.isThrownBy(() -> run(List.of(held(), DONE, new Claim.Collision()), () -> {
				throw new AssertionError("must not run");
			}))
			.withCauseInstanceOf(EffectCollisionException.class)
			.satisfies((ex) -> assertThat(ex.index()).isEqualTo(2));
		assertThat(this.transaction.log).endsWith("ROLLED_BACK");
		assertThat(this.events).isEmpty();
	}

	@Test
	void aBusyGroupIsReportedOnceAndRepeatedLater() {
		Claim busy = new Claim.Busy(null);
		assertThatExceptionOfType(EffectInProgressException.class).isThrownBy(() -> run(List.of(busy, busy), () -> {
			throw new AssertionError("must not run");
		}));
		assertThat(this.events).hasExactlyElementsOfTypes(EffectEvent.InProgress.class);
	}

	@Test
	void aDeadTransactionAppliesNoneOfThem() {
		this.holds = false;
		assertThatExceptionOfType(UnprotectedEffectException.class)
			.isThrownBy(() -> run(List.of(held(), held()), () -> {
			}));
		assertThat(this.transaction.log).endsWith("ROLLED_BACK");
	}

	private void run(List<Claim> claims, Runnable work) throws Throwable {
		List<EffectCall> calls = new ArrayList<>();
		for (int i = 0; i < claims.size(); i++) {
			calls.add(new EffectCall(new EffectKey("flow", "source", "id" + i), null,
					new EffectCall.Settings(Duration.ofSeconds(1), Duration.ofDays(1))));
		}
		new LocalEffects(new Inbox() {

			@Override
			public Claim claim(EffectCall call) {
				throw new AssertionError("one by one");
			}

			@Override
			public List<Claim> claimAll(List<EffectCall> batch) {
				LocalEffectGroupsTests.this.transaction.log.add("claim " + batch.size());
				return claims;
			}

		}, this.events::add, EffectObservation.NONE, Clock.systemUTC()).runAll(calls, this.transaction,
				(found) -> work.run());
	}

	private Claim held() {
		return new Claim.Held() {

			@Override
			public void reject() {
				throw new AssertionError("a group is not rejected");
			}

			@Override
			public boolean holds() {
				LocalEffectGroupsTests.this.transaction.log.add("holds");
				return LocalEffectGroupsTests.this.holds;
			}

		};
	}

}
