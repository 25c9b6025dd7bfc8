// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import dev.idempotency.effect.CurrentEffect;
import dev.idempotency.effect.EffectBody;
import dev.idempotency.effect.EffectCollisionException;
import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectInDoubtException;
import dev.idempotency.effect.EffectInProgressException;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.effect.EffectObservation;
import dev.idempotency.effect.EffectReconciler;
import dev.idempotency.effect.EffectReconciler.Answer;
import dev.idempotency.effect.EffectResult;
import dev.idempotency.effect.Fingerprint;
import dev.idempotency.effect.InDoubtEffect;
import dev.idempotency.effect.Outcome;
import dev.idempotency.effect.ProviderProfile;
import dev.idempotency.effect.ReentrantEffectException;
import dev.idempotency.effect.Resolution;
import dev.idempotency.effect.ResultException;
import dev.idempotency.effect.StaleClaimException;
import dev.idempotency.effect.StoredResult;
import dev.idempotency.effect.UnprotectedEffectException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.idempotency.effect.EffectContract.EXTERNAL_AT_MOST_ONCE;
import static dev.idempotency.effect.EffectContract.EXTERNAL_WITH_KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ExternalEffectsTests {

	private static final EffectKey KEY = new EffectKey("payment", "orders", "42");

	private static final Duration LEASE = Duration.ofSeconds(10);

	private static final Duration DAY = Duration.ofDays(1);

	private final ClaimTable table = new ClaimTable();

	private final List<EffectEvent> events = new ArrayList<>();

	private final EffectListener listener = this.events::add;

	private final List<BooleanSupplier> beats = new ArrayList<>();

	private final List<Duration> pauses = new ArrayList<>();

	private final AtomicInteger owners = new AtomicInteger();

	private final List<String> keys = new ArrayList<>();

	private int runs;

	private int lostAnswers;

	private final ExternalEffects effects = new ExternalEffects(new Unreliable(),
			() -> "owner" + this.owners.incrementAndGet(), (every, beat) -> {
				this.beats.add(beat);
				return () -> this.beats.remove(beat);
			}, this.pauses::add, this.listener, EffectObservation.NONE, Clock.systemUTC());

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LOCAL")
	void theSecondCallIsADuplicateWithTheStoredResult(EffectContract contract) throws Throwable {
		assertThat(run(contract)).isEqualTo(new EffectResult.Applied<>("paid"));
		assertThat(run(contract))
			.isEqualTo(new EffectResult.Duplicate<>(Outcome.COMPLETED, new StoredResult("text", bytes("paid"))));
		assertThat(this.runs).isOne();
		assertThat(types()).containsExactly("Claimed", "Completed", "Duplicate");
		assertThat(this.beats).isEmpty();
	}

	@Test
	void anUnclearFailureWithoutAKeyIsInDoubtAndNeverRunAgain() throws Throwable {
		assertThatExceptionOfType(EffectInDoubtException.class)
			.isThrownBy(() -> fail(EXTERNAL_AT_MOST_ONCE, new IOException("timeout")))
			.withCauseInstanceOf(IOException.class);
		assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> run(EXTERNAL_AT_MOST_ONCE));
		this.table.advance(Duration.ofDays(1000));
		assertThat(sweep()).isZero();
		assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> run(EXTERNAL_AT_MOST_ONCE));
		assertThat(this.runs).isOne();
		assertThat(types()).containsExactly("Claimed", "InDoubt");
	}

	@Test
	void anErrorIsUnclearToo() {
		assertThatExceptionOfType(EffectInDoubtException.class)
			.isThrownBy(() -> fail(EXTERNAL_AT_MOST_ONCE, new OutOfMemoryError()));
	}

	@Test
	void anUnclearFailureWithAKeyIsRepeatedUnderTheSameKey() throws Throwable {
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> fail(EXTERNAL_WITH_KEY, new IOException("timeout")));
		assertThat(run(EXTERNAL_WITH_KEY)).isInstanceOf(EffectResult.Applied.class);
		assertThat(this.keys).hasSize(2).containsOnly(ProviderProfile.STRIPE.keyOf(KEY, 0));
		assertThat(types()).containsExactly("Claimed", "Retryable", "Claimed", "Completed");
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LOCAL")
	void whatSurelySentNothingMayRunAgain(EffectContract contract) throws Throwable {
		for (int i = 0; i < 10; i++) {
			assertThatExceptionOfType(ConnectException.class)
				.isThrownBy(() -> fail(contract, new ConnectException("refused")));
		}
		this.table.advance(DAY.multipliedBy(3));
		assertThat(sweep()).isZero();
		assertThat(run(contract)).isInstanceOf(EffectResult.Applied.class);
		assertThat(this.table.oldest(1)).isEmpty();
	}

	@Test
	void aRefusedConnectionAfterSomethingWasSentSaysNothing() {
		assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> run(EXTERNAL_AT_MOST_ONCE, () -> {
			CurrentEffect.get().reachedOutside();
			throw new ConnectException("refused");
		}));
	}

	@Test
	void aDatabaseThatRefusesAConnectionSaysNothingAboutTheProvider() {
		SQLException failure = new SQLException("down", new ConnectException("refused"));
		assertThatExceptionOfType(EffectInDoubtException.class)
			.isThrownBy(() -> fail(EXTERNAL_AT_MOST_ONCE, new IllegalStateException(failure)));
	}

	@Test
	void aRefusalIsStoredAsRejected() throws Throwable {
		assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> fail(EXTERNAL_WITH_KEY, new IllegalArgumentException("card declined")));
		assertThat(run(EXTERNAL_WITH_KEY)).isEqualTo(new EffectResult.Duplicate<>(Outcome.REJECTED));
		assertThat(this.runs).isOne();
	}

	@Test
	void afterTheWindowOfTheProviderNothingIsCalled() {
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> fail(EXTERNAL_WITH_KEY, new IOException("timeout")));
		this.table.advance(DAY.minus(LEASE));
		assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> run(EXTERNAL_WITH_KEY));
		assertThat(this.runs).isOne();
	}

	@Test
	void aClosedWindowIsNoticedWithoutACall() {
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> fail(EXTERNAL_WITH_KEY, new IOException("timeout")));
		assertThat(sweep()).isZero();
		this.table.advance(DAY);
		assertThat(sweep()).isOne();
		assertThat(types()).containsExactly("Claimed", "Retryable", "InDoubt");
	}

	@Test
	void anErrorTheProviderKeepsRepeatingIsBoundedByTheAttempts() {
		for (int i = 1; i < 3; i++) {
			assertThatExceptionOfType(IOException.class)
				.isThrownBy(() -> fail(EXTERNAL_WITH_KEY, new IOException("500")));
		}
		assertThatExceptionOfType(EffectInDoubtException.class)
			.isThrownBy(() -> fail(EXTERNAL_WITH_KEY, new IOException("500")));
		assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> run(EXTERNAL_WITH_KEY));
		assertThat(this.runs).isEqualTo(3);
	}

	@Test
	void attemptsThatDiedAreBoundedToo() {
		for (int i = 0; i < 3; i++) {
			assertThatExceptionOfType(Died.class).isThrownBy(() -> die(EXTERNAL_WITH_KEY));
			this.table.advance(LEASE);
		}
		assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> run(EXTERNAL_WITH_KEY));
		assertThat(this.runs).isEqualTo(3);
	}

	@Test
	void aKeyIsStoredBeforeTheCallSoThatACrashDoesNotChangeIt() throws Throwable {
		assertThatExceptionOfType(Died.class).isThrownBy(() -> die(EXTERNAL_WITH_KEY));
		assertThat(this.table.find(KEY).providerKey()).isEqualTo(this.keys.get(0));
		this.table.advance(LEASE);
		run(EXTERNAL_WITH_KEY);
		assertThat(this.keys).hasSize(2).allMatch(this.keys.get(0)::equals);
	}

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

	@ParameterizedTest
	@EnumSource(ClaimState.class)
	void otherContentCollidesInEveryState(ClaimState state) {
		this.table.open(call(EXTERNAL_WITH_KEY, "content").request("somebody"));
		if (state != ClaimState.CLAIMED) {
			this.table.change(new ClaimChange(new ClaimId(KEY.hash(), 1), ClaimState.CLAIMED, state, false, true, false,
					DAY, null, null));
		}
		assertThatExceptionOfType(EffectCollisionException.class)
			.isThrownBy(() -> this.effects.run(call(EXTERNAL_WITH_KEY, "other"), (value) -> null, () -> "paid"));
		assertThat(this.table.find(KEY).state()).isEqualTo(state);
	}

	@Test
	void theSameEffectInsideOfItselfIsRefused() throws Throwable {
		run(EXTERNAL_WITH_KEY, () -> {
			assertThatExceptionOfType(ReentrantEffectException.class).isThrownBy(() -> run(EXTERNAL_WITH_KEY));
			return "paid";
		});
	}

	@Test
	void aResultThatCannotBeStoredIsLeftOutBecauseTheEffectHappened() throws Throwable {
		assertThat(this.effects.run(call(EXTERNAL_WITH_KEY, null), (value) -> {
			throw new ResultException("too large");
		}, () -> "paid")).isEqualTo(new EffectResult.Applied<>("paid"));
		assertThat(this.table.find(KEY)).matches((claim) -> claim.state() == ClaimState.COMPLETED)
			.matches((claim) -> claim.result().body() == null);
	}

	@Test
	void aContractWithoutAKeyDoesNotRepeatWhatWasBegunWithOne() {
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> fail(EXTERNAL_WITH_KEY, new IOException("timeout")));
		assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> run(EXTERNAL_AT_MOST_ONCE));
		assertThat(this.runs).isOne();
	}

	@Test
	void aKeyNeedsAProvider() {
		ExternalSettings settings = new ExternalSettings(LEASE, Duration.ZERO, DAY, 3, null, Set.of(),
				new ListedFailures(List.of(), List.of()), false);
		assertThatExceptionOfType(UnprotectedEffectException.class)
			.isThrownBy(() -> new ExternalCall(KEY, null, EXTERNAL_WITH_KEY, settings))
			.withMessageContaining("idempotency.flows.payment.external.provider");
	}

	@Test
	void whatDidNotHappenIsRunAgainUnderAnotherKey() throws Throwable {
		doubt(EXTERNAL_WITH_KEY);
		assertThat(inDoubt().resolve(this.table.oldest(1).get(0), Resolution.DID_NOT_HAPPEN, "op")).isTrue();
		run(EXTERNAL_WITH_KEY);
		assertThat(this.keys).hasSize(2).doesNotHaveDuplicates();
	}

	@Test
	void whatIsRetriedIsRunAgainUnderTheSameKey() throws Throwable {
		doubt(EXTERNAL_WITH_KEY);
		assertThat(inDoubt().resolve(this.table.oldest(1).get(0), Resolution.RETRY, "op")).isTrue();
		run(EXTERNAL_WITH_KEY);
		assertThat(this.keys).hasSize(2).allMatch(this.keys.get(0)::equals);
		assertThat(types()).contains("Resolved");
	}

	@Test
	void whatHappenedOrIsGivenUpIsNotRunAgain() throws Throwable {
		doubt(EXTERNAL_AT_MOST_ONCE);
		InDoubtEffect effect = this.table.oldest(1).get(0);
		assertThat(inDoubt().resolve(effect, Resolution.HAPPENED, "op")).isTrue();
		assertThat(inDoubt().resolve(effect, Resolution.RETRY, "late op")).isFalse();
		assertThat(run(EXTERNAL_AT_MOST_ONCE)).isEqualTo(new EffectResult.Duplicate<>(Outcome.COMPLETED));
		assertThat(this.events).filteredOn(EffectEvent.Resolved.class::isInstance)
			.containsExactly(new EffectEvent.Resolved("payment", KEY, Resolution.HAPPENED, "op"));
	}

	@Test
	void aReconcilerDecidesWhatItKnowsAndIsAskedAgainAboutTheRest() throws Throwable {
		doubt(EXTERNAL_AT_MOST_ONCE);
		List<Object> answers = new ArrayList<>(List.of(Answer.UNKNOWN, new IOException("away"), Answer.HAPPENED));
		Reconciliation reconciliation = reconciliation((effect) -> {
			Object answer = answers.remove(0);
			if (answer instanceof IOException ex) {
				throw ex;
			}
			return (Answer) answer;
		});
		assertThat(reconciliation.reconcile()).isZero();
		assertThat(reconciliation.reconcile()).isZero();
		assertThat(answers).hasSize(2);
		this.table.advance(Duration.ofMinutes(1));
		assertThat(reconciliation.reconcile()).isZero();
		assertThat(this.table.find(KEY).state()).isEqualTo(ClaimState.IN_DOUBT);
		this.table.advance(Duration.ofMinutes(1));
		assertThat(reconciliation.reconcile()).isOne();
		assertThat(this.table.find(KEY).state()).isEqualTo(ClaimState.COMPLETED);
	}

	@Test
	void twoReconcilersOfAFlowAreRefused() {
		EffectReconciler reconciler = reconciler((effect) -> Answer.UNKNOWN);
		assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> new Reconciliation(List.of(reconciler, reconciler), this.table, inDoubt(), DAY, 1))
			.withMessageContaining("'payment' has two reconcilers");
	}

	private Reconciliation reconciliation(Asking asking) {
		return new Reconciliation(List.of(reconciler(asking)), this.table, inDoubt(), Duration.ofMinutes(1), 10);
	}

	private static EffectReconciler reconciler(Asking asking) {
		return new EffectReconciler() {

			@Override
			public String flow() {
				return "payment";
			}

			@Override
			public Answer reconcile(InDoubtEffect effect) throws Exception {
				return asking.ask(effect);
			}

		};
	}

	private void doubt(EffectContract contract) {
		this.table.advance(DAY);
		assertThatExceptionOfType(Died.class).isThrownBy(() -> die(contract));
		this.table.advance(DAY);
		sweep();
		sweep();
		assertThat(this.table.oldest(1)).hasSize(1);
	}

	private InDoubtEffects inDoubt() {
		return new InDoubtEffects(this.table, this.table, (flow) -> settings(), this.listener);
	}

	private int sweep() {
		return new ClaimSweeper(this.table, this.listener, 10).sweep();
	}

	private EffectResult<String> run(EffectContract contract) throws Throwable {
		return run(contract, () -> "paid");
	}

	private void fail(EffectContract contract, Throwable failure) throws Throwable {
		run(contract, () -> {
			throw failure;
		});
	}

	/**
	 * The process dies in the body: nothing it does afterwards arrives.
	 */
	private void die(EffectContract contract) throws Throwable {
		try {
			run(contract, () -> {
				this.lostAnswers = -1;
				throw new Died();
			});
		}
		finally {
			this.lostAnswers = 0;
		}
	}

	private EffectResult<String> run(EffectContract contract, EffectBody<String> body) throws Throwable {
		return this.effects.run(call(contract, "content"), (value) -> new StoredResult("text", bytes(value)), () -> {
			this.runs++;
			CurrentEffect.get().idempotencyKey().ifPresent(this.keys::add);
			return body.run();
		});
	}

	/**
	 * Another node, whose thread is in no effect.
	 */
	private String other(String result) throws Throwable {
		List<Throwable> failures = new ArrayList<>();
		Thread thread = new Thread(() -> {
			try {
				run(contractOfRow(), () -> result);
			}
			catch (Throwable ex) {
				failures.add(ex);
			}
		});
		thread.start();
		thread.join();
		if (!failures.isEmpty()) {
			throw failures.get(0);
		}
		return "mine";
	}

	private EffectContract contractOfRow() {
		return this.table.find(KEY).contract();
	}

	private static ExternalCall call(EffectContract contract, @Nullable String content) {
		return new ExternalCall(KEY, (content != null) ? Fingerprint.of(bytes(content)) : null, contract, settings());
	}

	private static ExternalSettings settings() {
		return new ExternalSettings(LEASE, Duration.ofSeconds(1), DAY, 3, ProviderProfile.STRIPE, Set.of(),
				new ListedFailures(List.of(), List.of(IllegalArgumentException.class)), false);
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private List<String> types() {
		return this.events.stream().map((event) -> event.getClass().getSimpleName()).toList();
	}

	private interface Asking {

		Answer ask(InDoubtEffect effect) throws Exception;

	}

	private static final class Died extends Error {

	}

	private static final class Lost extends RuntimeException {

	}

	/**
	 * The table, whose answers get lost; where all of them do, the questions do too.
	 */
	private final class Unreliable implements ClaimStore {

		private final ClaimTable table = ExternalEffectsTests.this.table;

		private void question() {
			if (ExternalEffectsTests.this.lostAnswers < 0) {
				throw new Lost();
			}
		}

		private <T> T answer(T answer) {
			if (ExternalEffectsTests.this.lostAnswers > 0) {
				ExternalEffectsTests.this.lostAnswers--;
				throw new Lost();
			}
			return answer;
		}

		@Override
		public @Nullable StoredClaim open(ClaimRequest request) {
			question();
			return answer(this.table.open(request));
		}

		@Override
		public boolean takeOver(ClaimRequest request, StoredClaim seen) {
			question();
			return answer(this.table.takeOver(request, seen));
		}

		@Override
		public boolean renew(ClaimId id, Duration lease) {
			question();
			return answer(this.table.renew(id, lease));
		}

		@Override
		public boolean change(ClaimChange change) {
			question();
			return answer(this.table.change(change));
		}

		@Override
		public @Nullable StoredClaim find(EffectKey key) {
			question();
			return answer(this.table.find(key));
		}

		@Override
		public List<StoredClaim> abandoned(int limit) {
			question();
			return answer(this.table.abandoned(limit));
		}

	}

}
