// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntFunction;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.effect.InDoubtEffect;
import dev.idempotency.effect.ProviderProfile;
import dev.idempotency.effect.Resolution;
import dev.idempotency.effect.StoredResult;
import dev.idempotency.effect.UnprotectedEffectException;
import dev.idempotency.inbox.ClaimChange;
import dev.idempotency.inbox.ClaimId;
import dev.idempotency.inbox.ClaimRequest;
import dev.idempotency.inbox.ClaimState;
import dev.idempotency.inbox.ClaimSweeper;
import dev.idempotency.inbox.DoubtStore;
import dev.idempotency.inbox.ExternalSettings;
import dev.idempotency.inbox.InDoubtEffects;
import dev.idempotency.inbox.ListedFailures;
import dev.idempotency.inbox.StoredClaim;
import dev.idempotency.testing.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.idempotency.jdbc.ClaimSamples.KEY;
import static dev.idempotency.jdbc.ClaimSamples.LONG;
import static dev.idempotency.jdbc.ClaimSamples.completed;
import static dev.idempotency.jdbc.ClaimSamples.expired;
import static dev.idempotency.jdbc.ClaimSamples.finished;
import static dev.idempotency.jdbc.ClaimSamples.id;
import static dev.idempotency.jdbc.ClaimSamples.key;
import static dev.idempotency.jdbc.ClaimSamples.keyed;
import static dev.idempotency.jdbc.ClaimSamples.notExecuted;
import static dev.idempotency.jdbc.ClaimSamples.once;
import static dev.idempotency.jdbc.ClaimSamples.print;
import static dev.idempotency.jdbc.ClaimSamples.repeatable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What every store of external effects must do.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class AbstractClaimStoreContract {

	/** A lease or window of this length is over at once. */
	private static final Duration OVER = Duration.ofMillis(-1);

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private MigratedDatabase database;

	private JdbcClaimStore store;

	private JdbcDoubtStore doubts;

	abstract TestDatabase open();

	@BeforeAll
	void migrate() {
		this.database = new MigratedDatabase(open());
		this.store = new JdbcClaimStore(this.database.dataSource(), this.database.dialect());
		this.doubts = new JdbcDoubtStore(this.database.dataSource(), this.database.dialect());
	}

	@BeforeEach
	void empty() {
		this.database.empty();
	}

	@AfterAll
	void close() {
		this.threads.shutdownNow();
		if (this.database != null) {
			this.database.close();
		}
	}

	@Test
	void theFirstIsStoredTheSecondFindsItInEveryDetail() {
		assertThat(this.store.open(keyed("one", LONG, LONG))).isNull();
		StoredClaim found = this.store.open(keyed("two", LONG, LONG));
		assertThat(found).isEqualTo(new StoredClaim(KEY, EffectContract.EXTERNAL_WITH_KEY, ClaimState.CLAIMED, 1, 1,
				false, "one", "provider-key", print("content"), false, false, null));
		assertThat(this.store.open(keyed("two", Duration.ZERO, LONG)).windowOpen()).isTrue();
		assertThat(this.store.find(KEY)).isEqualTo(this.store.open(keyed("two", Duration.ZERO, LONG)));
		assertThat(this.store.find(new EffectKey("mail", "orders", "43"))).isNull();
	}

	@Test
	void aKeyNeedsNoProviderKeyAndNoContent() {
		assertThat(this.store.open(once("one", LONG))).isNull();
		assertThat(this.store.find(KEY)).isEqualTo(new StoredClaim(KEY, EffectContract.EXTERNAL_AT_MOST_ONCE,
				ClaimState.CLAIMED, 1, 1, false, "one", null, null, false, false, null));
	}

	@Test
	void ofManyWhoOpenOneWins() throws Exception {
		assertThat(together(16, (index) -> this.store.open(once("node" + index, LONG)) == null)).containsOnlyOnce(true);
	}

	@Test
	void ofManyWhoTakeOverOneWinsAndBeginsANewLife() throws Exception {
		this.store.open(keyed("one", LONG, LONG));
		assertThat(this.store.change(repeatable(1))).isTrue();
		StoredClaim seen = this.store.find(KEY);
		assertThat(together(16, (index) -> this.store.takeOver(keyed("node" + index, LONG, LONG), seen)))
			.doesNotContain(true);
		assertThat(
				together(16, (index) -> this.store.takeOver(keyed("node" + index, Duration.ofMinutes(1), LONG), seen)))
			.containsOnlyOnce(true);
		assertThat(this.store.find(KEY)).matches((claim) -> claim.fence() == 2 && claim.attempts() == 2)
			.matches((claim) -> claim.state() == ClaimState.CLAIMED && claim.reached());
	}

	@Test
	void aWindowThatMayHaveBegunIsNotProlonged() {
		this.store.open(keyed("one", LONG, OVER));
		this.store.change(repeatable(1));
		StoredClaim seen = this.store.find(KEY);
		assertThat(seen.windowOpen()).isFalse();
		assertThat(this.store.takeOver(keyed("two", Duration.ofMillis(1), LONG), seen)).isFalse();
	}

	@Test
	void aWindowThatSurelyHasNotBegunBeginsAnew() {
		this.store.open(keyed("one", LONG, OVER));
		assertThat(this.store.change(notExecuted(1, false))).isTrue();
		assertThat(this.store.takeOver(keyed("two", Duration.ofMillis(1), LONG), this.store.find(KEY))).isTrue();
		assertThat(this.store.find(KEY)).matches(StoredClaim::windowOpen);
	}

	@Test
	void whoSawAnotherStateDoesNotTakeOver() {
		this.store.open(keyed("one", LONG, LONG));
		this.store.change(notExecuted(1, false));
		StoredClaim seen = this.store.find(KEY);
		this.store.takeOver(keyed("two", LONG, LONG), seen);
		this.store.change(repeatable(2));
		assertThat(this.store.takeOver(keyed("three", LONG, LONG), seen)).isFalse();
	}

	@Test
	void whoseLifeIsOverChangesNothingOfTheNext() {
		this.store.open(keyed("one", LONG, LONG));
		this.store.change(repeatable(1));
		assertThat(this.store.takeOver(keyed("two", Duration.ofMinutes(1), LONG), this.store.find(KEY))).isTrue();
		StoredClaim next = this.store.find(KEY);
		assertThat(this.store.change(completed(1, ClaimState.CLAIMED))).isFalse();
		assertThat(this.store.change(repeatable(1))).isFalse();
		assertThat(this.store.change(notExecuted(1, false))).isFalse();
		assertThat(this.store.renew(id(1), LONG)).isFalse();
		assertThat(this.store.find(KEY)).isEqualTo(next);
	}

	@Test
	void aLeaseIsOverByTheClockOfTheDatabaseUnlessItIsRenewed() {
		this.store.open(once("one", OVER));
		assertThat(this.store.find(KEY).leaseOver()).isTrue();
		assertThat(this.store.renew(id(1), LONG)).isTrue();
		assertThat(this.store.find(KEY).leaseOver()).isFalse();
		assertThat(this.store.change(expired(1))).isFalse();
		assertThat(this.store.renew(id(2), LONG)).isFalse();
	}

	@Test
	void anExpiredClaimIsJudgedOnceAndItsOwnerChangesNothingAnyMore() throws Exception {
		this.store.open(once("one", OVER));
		assertThat(together(8, (index) -> this.store.change(expired(1)))).containsOnlyOnce(true);
		assertThat(this.store.change(completed(1, ClaimState.CLAIMED))).isFalse();
		assertThat(this.store.renew(id(1), LONG)).isFalse();
		assertThat(this.store.find(KEY).state()).isEqualTo(ClaimState.IN_DOUBT);
	}

	@Test
	void aFinishedClaimKeepsItsResultAndForgetsItsIds() {
		this.store.open(once("one", LONG));
		assertThat(this.store.change(completed(1, ClaimState.CLAIMED))).isTrue();
		assertThat(this.store.change(completed(1, ClaimState.CLAIMED))).isFalse();
		assertThat(this.store.find(KEY)).matches((claim) -> claim.state() == ClaimState.COMPLETED)
			.matches((claim) -> new StoredResult("json/1", new byte[] { 1, 2 }).equals(claim.result()));
		assertThat(this.database.count("idempotency_claim WHERE effect_id IS NULL AND effect_source IS NULL")).isOne();
	}

	@Test
	void aResultMayHaveNoBody() {
		this.store.open(once("one", LONG));
		this.store.change(new ClaimChange(id(1), ClaimState.CLAIMED, ClaimState.COMPLETED, false, true, false, LONG,
				null, new StoredResult("none", null)));
		assertThat(this.store.find(KEY).result()).isEqualTo(new StoredResult("none", null));
	}

	@Test
	void abandonedIsWhatNobodyWorksOn() {
		this.store.open(once("one", OVER));
		this.store
			.open(new ClaimRequest(key("held"), null, EffectContract.EXTERNAL_AT_MOST_ONCE, "one", LONG, null, null));
		openRepeatable("closed", OVER);
		openRepeatable("open", LONG);
		assertThat(this.store.abandoned(10)).extracting((claim) -> claim.key().id()).containsExactly("42", "closed");
		assertThat(new ClaimSweeper(this.store, EffectListener.NO_OP, 10).sweep()).isEqualTo(2);
		assertThat(this.store.abandoned(10)).isEmpty();
		assertThat(this.doubts.oldest(10)).hasSize(2);
	}

	@Test
	void ofManyWhoDecideOneDoes() throws Exception {
		InDoubtEffects effects = effects();
		for (int round = 0; round < 20; round++) {
			this.database.empty();
			this.store.open(keyed("one", OVER, LONG));
			this.store.change(expired(1));
			String id = this.doubts.oldest(1).get(0).id();
			assertThat(together(8, (index) -> effects.resolve(id, Resolution.HAPPENED, "operator" + index)))
				.containsOnlyOnce(true);
		}
	}

	@Test
	void inDoubtIsListedCountedAndLeftByADecision() throws Exception {
		this.store.open(keyed("one", OVER, LONG));
		this.store.change(expired(1));
		InDoubtEffect effect = this.doubts.oldest(10).get(0);
		assertThat(effect.key()).isEqualTo(KEY);
		assertThat(effect.providerKey()).isEqualTo("provider-key");
		assertThat(effect.attempts()).isEqualTo(1);
		assertThat(effect.reason()).isEqualTo("expired");
		assertThat(this.doubts.depths()).containsOnlyKeys("mail");
		assertThat(this.doubts.depths().get("mail")).matches((depth) -> depth.count() == 1)
			.matches((depth) -> depth.oldest().compareTo(Duration.ZERO) >= 0);
		assertThat(effects().resolve(effect.id(), Resolution.HAPPENED, "operator")).isTrue();
		assertThat(this.doubts.oldest(10)).isEmpty();
		assertThat(this.doubts.depths()).isEmpty();
		assertThat(this.store.find(KEY))
			.matches((claim) -> claim.state() == ClaimState.COMPLETED && claim.fence() == 2);
	}

	@ParameterizedTest
	@EnumSource(Resolution.class)
	void everyDecisionLeadsWhereItSays(Resolution how) {
		this.store.open(keyed("one", OVER, LONG));
		this.store.change(expired(1));
		assertThat(effects().resolve(id(1).toString(), how, "operator")).isTrue();
		StoredClaim after = this.store.find(KEY);
		assertThat(after.state()).isEqualTo(switch (how) {
			case HAPPENED -> ClaimState.COMPLETED;
			case GIVE_UP -> ClaimState.REJECTED;
			case RETRY, DID_NOT_HAPPEN -> ClaimState.RETRYABLE;
		});
		assertThat(after.providerKey()).isEqualTo((how == Resolution.DID_NOT_HAPPEN) ? null : "provider-key");
		assertThat(after.attempts()).isZero();
		assertThat(reason()).isEqualTo(how + " by operator");
		assertThat(effects().resolve(id(1).toString(), how, "operator")).isFalse();
	}

	@ParameterizedTest
	@EnumSource(names = { "RETRY", "DID_NOT_HAPPEN" })
	void whoHadItRunAgainIsStillKnownOnceItIsCompleted(Resolution how) {
		this.store.open(keyed("one", OVER, LONG));
		this.store.change(expired(1));
		effects().resolve(id(1).toString(), how, "ada");
		assertThat(this.store.takeOver(keyed("two", Duration.ofMillis(1), LONG), this.store.find(KEY))).isTrue();
		assertThat(this.store.change(completed(3, ClaimState.CLAIMED))).isTrue();
		assertThat(reason()).isEqualTo(how + " by ada");
	}

	@Test
	void whyAnAttemptFailedIsForgottenOnceAnotherSucceeds() {
		this.store.open(keyed("one", LONG, LONG));
		this.store.change(repeatable(1));
		assertThat(reason()).isEqualTo("why");
		this.store.takeOver(keyed("two", Duration.ofMillis(1), LONG), this.store.find(KEY));
		this.store.change(completed(2, ClaimState.CLAIMED));
		assertThat(reason()).isNull();
	}

	private @Nullable String reason() {
		return this.database.jdbc().queryForObject("SELECT reason FROM idempotency_claim", String.class);
	}

	@Test
	void nothingIsDecidedOfWhatIsNotThere() {
		assertThat(effects().resolve("nonsense", Resolution.HAPPENED, "operator")).isFalse();
		assertThat(effects().resolve(id(1).toString(), Resolution.HAPPENED, "operator")).isFalse();
		this.store.open(once("one", LONG));
		assertThat(effects().resolve(id(1).toString(), Resolution.HAPPENED, "operator")).isFalse();
	}

	@Test
	void aReconcilerIsAskedByOneNodeAndNotAgainForAWhile() throws Exception {
		this.store.open(once("one", OVER));
		this.store.change(expired(1));
		assertThat(this.doubts.toAsk(List.of("other"), LONG, 10)).isEmpty();
		assertThat(together(4, (index) -> this.doubts.toAsk(List.of("mail", "other"), LONG, 10).size()))
			.containsOnlyOnce(1)
			.containsOnly(0, 1);
		assertThat(this.doubts.toAsk(List.of("mail"), LONG, 10)).isEmpty();
	}

	@Test
	void anUnknownStateIsNotTouched() {
		this.store.open(once("one", OVER));
		this.database.jdbc().update("UPDATE idempotency_claim SET status = 'SUSPENDED'");
		assertThatExceptionOfType(UnprotectedEffectException.class).isThrownBy(() -> this.store.open(once("two", LONG)))
			.withMessageContaining("SUSPENDED");
		assertThatExceptionOfType(UnprotectedEffectException.class).isThrownBy(() -> this.store.find(KEY));
		assertThat(this.store.abandoned(10)).isEmpty();
		assertThat(new ClaimPurge(this.database.dataSource(), this.database.dialect(), 10).purge()).isFalse();
		assertThat(this.database.count("idempotency_claim WHERE status = 'SUSPENDED'")).isOne();
	}

	@Test
	void onlyWhatIsDecidedOrSurelyDidNotHappenIsPurged() {
		this.store.open(once("claimed", OVER));
		open("doubtful", (id) -> new ClaimChange(id, ClaimState.CLAIMED, ClaimState.IN_DOUBT, false, true, false, null,
				"why", null));
		open("reached", (id) -> new ClaimChange(id, ClaimState.CLAIMED, ClaimState.RETRYABLE, false, true, false, null,
				"why", null));
		open("unreached", (id) -> new ClaimChange(id, ClaimState.CLAIMED, ClaimState.RETRYABLE, false, false, false,
				OVER, "why", null));
		open("completed", (id) -> finished(id, ClaimState.COMPLETED, OVER));
		open("rejected", (id) -> finished(id, ClaimState.REJECTED, OVER));
		open("young", (id) -> finished(id, ClaimState.COMPLETED, LONG));
		ClaimPurge purge = new ClaimPurge(this.database.dataSource(), this.database.dialect(), 2);
		assertThat(purge.purge()).isTrue();
		assertThat(purge.purge()).isFalse();
		assertThat(
				this.database.jdbc().queryForList("SELECT status FROM idempotency_claim ORDER BY status", String.class))
			.containsExactly("CLAIMED", "COMPLETED", "IN_DOUBT", "RETRYABLE");
		assertThat(this.database.count("idempotency_claim WHERE reached = TRUE AND status = 'RETRYABLE'")).isOne();
	}

	@Test
	void stepsDoNotTakePartInTheTransactionOfTheCaller() {
		this.database.rolledBack(() -> {
			this.store.open(once("one", LONG));
			return this.store.change(completed(1, ClaimState.CLAIMED));
		});
		assertThat(this.store.find(KEY).state()).isEqualTo(ClaimState.COMPLETED);
	}

	private InDoubtEffects effects() {
		ExternalSettings settings = new ExternalSettings(LONG, Duration.ZERO, LONG, 3, ProviderProfile.STRIPE, Set.of(),
				new ListedFailures(List.of(), List.of()), false);
		return new InDoubtEffects(this.store, (DoubtStore) this.doubts, (flow) -> settings, EffectListener.NO_OP);
	}

	private void openRepeatable(String id, Duration window) {
		this.store.open(new ClaimRequest(key(id), null, EffectContract.EXTERNAL_WITH_KEY, "one", LONG, "k", window));
		this.store.change(new ClaimChange(new ClaimId(key(id).hash(), 1), ClaimState.CLAIMED, ClaimState.RETRYABLE,
				false, true, false, null, "why", null));
	}

	private void open(String id, Function<ClaimId, ClaimChange> change) {
		EffectKey key = key(id);
		this.store.open(new ClaimRequest(key, null, EffectContract.EXTERNAL_AT_MOST_ONCE, "one", LONG, null, null));
		assertThat(this.store.change(change.apply(new ClaimId(key.hash(), 1)))).isTrue();
	}

	private <T> List<T> together(int count, IntFunction<T> work) throws Exception {
		CyclicBarrier barrier = new CyclicBarrier(count);
		List<Future<T>> futures = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			int index = i;
			futures.add(this.threads.submit(() -> {
				barrier.await();
				return work.apply(index);
			}));
		}
		List<T> results = new ArrayList<>();
		for (Future<T> future : futures) {
			results.add(future.get(30, TimeUnit.SECONDS));
		}
		return results;
	}

}
