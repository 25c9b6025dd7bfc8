// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.net.ConnectException;
import java.time.Duration;
import java.util.function.BooleanSupplier;

import dev.idempotency.effect.EffectInDoubtException;
import dev.idempotency.effect.EffectInProgressException;
import dev.idempotency.effect.EffectResult;
import dev.idempotency.effect.Outcome;
import dev.idempotency.effect.StaleClaimException;
import dev.idempotency.effect.StoredResult;
import org.junit.jupiter.api.Test;

import static dev.idempotency.effect.EffectContract.EXTERNAL_AT_MOST_ONCE;
import static dev.idempotency.effect.EffectContract.EXTERNAL_WITH_KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Who holds the claim while its body runs, and what the store then remembers.
 */
class ExternalLeaseTests extends AbstractExternalEffects {

	@Test
	void whoDiesWithoutAKeyLeavesDoubtOnceTheLeaseIsOver() {
		assertThatExceptionOfType(Died.class).isThrownBy(() -> die(EXTERNAL_AT_MOST_ONCE));
		assertThatExceptionOfType(EffectInProgressException.class).isThrownBy(() -> run(EXTERNAL_AT_MOST_ONCE));
		assertThat(sweep()).isZero();
		this.table.advance(LEASE);
		assertThat(sweep()).isOne();
		assertThat(sweep()).isZero();
		assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> run(EXTERNAL_AT_MOST_ONCE));
		assertThat(this.runs).isOne();
	}

	@Test
	void aCallerDoesNotHaveToWaitForTheSweeper() {
		assertThatExceptionOfType(Died.class).isThrownBy(() -> die(EXTERNAL_AT_MOST_ONCE));
		this.table.advance(LEASE);
		assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> run(EXTERNAL_AT_MOST_ONCE));
		assertThat(types()).containsExactly("Claimed", "InDoubt");
	}

	@Test
	void aBodyThatTakesLongerThanItsLeaseIsKeptAliveByItsBeats() throws Throwable {
		assertThat(run(EXTERNAL_AT_MOST_ONCE, () -> {
			for (int i = 0; i < 10; i++) {
				this.table.advance(LEASE.dividedBy(2));
				assertThat(this.beats).singleElement().matches(BooleanSupplier::getAsBoolean);
				assertThat(sweep()).isZero();
			}
			return "paid";
		})).isInstanceOf(EffectResult.Applied.class);
	}

	@Test
	void withoutBeatsALateEndChangesNothing() {
		assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> run(EXTERNAL_AT_MOST_ONCE, () -> {
			this.table.advance(LEASE);
			sweep();
			assertThat(this.beats).singleElement().matches((beat) -> !beat.getAsBoolean());
			return "paid";
		}));
		assertThat(this.table.find(KEY).state()).isEqualTo(ClaimState.IN_DOUBT);
		assertThat(types()).containsExactly("Claimed", "InDoubt", "StaleCompletion");
	}

	@Test
	void whoWakesUpAfterAnotherFinishedGetsWhatTheOtherStored() throws Throwable {
		assertThat(run(EXTERNAL_WITH_KEY, () -> {
			this.table.advance(LEASE);
			sweep();
			return other("other's");
		})).isEqualTo(new EffectResult.Duplicate<>(Outcome.COMPLETED, new StoredResult("text", bytes("other's"))));
		assertThat(types()).containsOnlyOnce("StaleCompletion");
	}

	@Test
	void whoWakesUpWhileNobodyFinishedCallsAgain() {
		assertThatExceptionOfType(StaleClaimException.class).isThrownBy(() -> run(EXTERNAL_WITH_KEY, () -> {
			this.table.advance(LEASE);
			sweep();
			return "paid";
		}));
		assertThat(this.table.find(KEY).state()).isEqualTo(ClaimState.RETRYABLE);
	}

	@Test
	void aLateFailureChangesNothing() {
		assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> run(EXTERNAL_AT_MOST_ONCE, () -> {
			this.table.advance(LEASE);
			sweep();
			throw new ConnectException("refused");
		}));
		assertThat(this.table.find(KEY).state()).isEqualTo(ClaimState.IN_DOUBT);
	}

	@Test
	void anAnswerOfTheStoreThatIsLostIsAskedForAgain() throws Throwable {
		this.lostAnswers = 1;
		assertThat(run(EXTERNAL_AT_MOST_ONCE, () -> {
			this.lostAnswers = 3;
			return "paid";
		})).isInstanceOf(EffectResult.Applied.class);
		assertThat(this.table.find(KEY).state()).isEqualTo(ClaimState.COMPLETED);
		assertThat(this.pauses).hasSize(3).isSorted();
		assertThat(types()).containsExactly("Claimed", "Completed");
	}

	@Test
	void anOutcomeThatCannotBeStoredIsJudgedByTheContractLater() {
		assertThatExceptionOfType(Lost.class).isThrownBy(() -> run(EXTERNAL_AT_MOST_ONCE, () -> {
			this.lostAnswers = -1;
			return "paid";
		}));
		this.lostAnswers = 0;
		assertThatExceptionOfType(EffectInProgressException.class).isThrownBy(() -> run(EXTERNAL_AT_MOST_ONCE));
		this.table.advance(LEASE);
		assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> run(EXTERNAL_AT_MOST_ONCE));
		assertThat(this.runs).isOne();
	}

	@Test
	void withoutTheStoreNothingRuns() {
		this.lostAnswers = -1;
		assertThatExceptionOfType(Lost.class).isThrownBy(() -> run(EXTERNAL_AT_MOST_ONCE));
		assertThat(this.runs).isZero();
	}

	@Test
	void anInterruptedBodyStillStoresItsEnd() throws Throwable {
		run(EXTERNAL_AT_MOST_ONCE, () -> {
			Thread.currentThread().interrupt();
			return "paid";
		});
		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.table.find(KEY).state()).isEqualTo(ClaimState.COMPLETED);
	}

	@Test
	void aConcurrentDuplicateWaitsABoundedTimeAndTouchesNothing() throws Throwable {
		run(EXTERNAL_AT_MOST_ONCE, () -> {
			StoredClaim before = this.table.find(KEY);
			assertThatExceptionOfType(EffectInProgressException.class).isThrownBy(() -> other("other's"));
			assertThat(this.table.find(KEY)).isEqualTo(before);
			return "paid";
		});
		assertThat(this.pauses.stream().reduce(Duration.ZERO, Duration::plus)).isEqualTo(Duration.ofSeconds(1));
	}

}
