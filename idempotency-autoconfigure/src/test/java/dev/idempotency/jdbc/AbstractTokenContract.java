// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectEvent.Token.Decision;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.effect.UnprotectedEffectException;
import dev.idempotency.token.CheckedCode;
import dev.idempotency.token.HashedCodes;
import dev.idempotency.token.HashedTokens;
import dev.idempotency.token.InvalidTokenException;
import dev.idempotency.token.OneTimeCodes;
import dev.idempotency.token.OneTimeTokens;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What tokens and codes keep to on every database.
 */
abstract class AbstractTokenContract extends AbstractStoreContract {

	private static final Duration HOUR = Duration.ofHours(1);

	private static final byte[] OLD_KEY = "0123456789abcdef0123456789abcdef".getBytes();

	private static final byte[] NEW_KEY = "fedcba9876543210fedcba9876543210".getBytes();

	private final List<Decision> decisions = new CopyOnWriteArrayList<>();

	private JdbcTokenStore store;

	private OneTimeTokens tokens;

	@BeforeEach
	void create() {
		this.decisions.clear();
		this.store = new JdbcTokenStore(this.database.dataSource(), this.database.dialect(), Duration.ofSeconds(20));
		this.tokens = new HashedTokens(this.store, listener());
	}

	@Test
	void aTokenIsGoodForOneCommittedTransaction() {
		String token = issue("reset", "anna", HOUR);
		assertThat(consume("reset", token)).isEqualTo("anna");
		assertRefused(() -> consume("reset", token), Decision.REUSED);
		assertThat(this.decisions).containsExactly(Decision.ISSUED, Decision.CONSUMED, Decision.REUSED);
	}

	@Test
	void whatIsStoredDoesNotContainTheToken() {
		String token = issue("reset", "anna", HOUR);
		assertThat(token).hasSize(43).isNotEqualTo(issue("reset", "anna", HOUR));
		assertThat(this.database.jdbc().queryForList("SELECT * FROM idempotency_token").toString())
			.doesNotContain(token);
		assertThat(this.database.jdbc().queryForList("SELECT token_hash FROM idempotency_token", byte[].class))
			.allMatch((hash) -> hash.length == 32);
	}

	@Test
	void aRollbackUnburnsTheToken() {
		String token = issue("reset", "anna", HOUR);
		this.database.rolledBack(() -> this.tokens.consume("reset", token));
		assertThat(this.decisions).containsExactly(Decision.ISSUED);
		assertThat(consume("reset", token)).isEqualTo("anna");
	}

	@Test
	void aTokenThatWasIssuedInARolledBackTransactionIsUnknown() {
		String token = this.database.rolledBack(() -> this.tokens.issue("reset", "anna", HOUR));
		assertRefused(() -> consume("reset", token), Decision.UNKNOWN);
	}

	@Test
	void whyATokenIsRefusedIsToldToTheListenerAlone() {
		assertRefused(() -> consume("reset", "made up"), Decision.UNKNOWN);
		assertRefused(() -> consume("reset", ""), Decision.UNKNOWN);
		String token = issue("reset", "anna", HOUR);
		assertRefused(() -> consume("coupon", token), Decision.UNKNOWN);
		assertRefused(() -> inTransaction(() -> {
			this.tokens.consume("reset", "bert", token);
			return true;
		}), Decision.OTHER_SUBJECT);
		assertRefused(() -> consume("reset", issue("reset", "anna", OVER)), Decision.EXPIRED);
		assertThat(inTransaction(() -> this.tokens.revoke("reset", "bert"))).isZero();
		assertThat(inTransaction(() -> this.tokens.revoke("reset", "anna"))).isEqualTo(2);
		assertRefused(() -> consume("reset", token), Decision.REVOKED);
	}

	@Test
	void outsideATransactionNothingHappens() {
		String token = issue("reset", "anna", HOUR);
		assertUnprotected(() -> this.tokens.issue("reset", "anna", HOUR));
		assertUnprotected(() -> this.tokens.consume("reset", token));
		assertUnprotected(() -> this.tokens.revoke("reset", "anna"));
		TransactionTemplate readOnly = this.database.transactions();
		readOnly.setReadOnly(true);
		assertUnprotected(() -> readOnly.execute((status) -> this.tokens.consume("reset", token)));
		assertThat(consume("reset", token)).isEqualTo("anna");
	}

	@Test
	void manyAtOnceBurnATokenOnce() throws Exception {
		String token = issue("reset", "anna", HOUR);
		List<Boolean> burnt = together(50, () -> succeeds(() -> consume("reset", token)));
		assertThat(burnt).filteredOn((success) -> success).hasSize(1);
		assertThat(this.decisions).filteredOn(Decision.CONSUMED::equals).hasSize(1);
		assertThat(this.decisions).filteredOn(Decision.REUSED::equals).hasSize(49);
	}

	@Test
	void whoeverWaitsForARollbackGetsTheToken() throws Exception {
		String token = issue("reset", "anna", HOUR);
		Future<Boolean> second = this.database.rolledBack(() -> {
			this.tokens.consume("reset", token);
			return inBackground(() -> succeeds(() -> consume("reset", token)));
		});
		assertThat(second.get(30, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void anOldSnapshotDoesNotHideThatATokenIsBurnt() throws Exception {
		String token = issue("reset", "anna", HOUR);
		boolean burnt = succeeds(
				() -> this.database.inTransaction(TransactionDefinition.ISOLATION_REPEATABLE_READ, () -> {
					assertThat(this.database.count("business")).isZero();
					assertThat(inBackground(() -> consume("reset", token)).get(30, TimeUnit.SECONDS)).isEqualTo("anna");
					return this.tokens.consume("reset", token);
				}));
		assertThat(burnt).isFalse();
		assertThat(this.decisions).filteredOn(Decision.CONSUMED::equals).hasSize(1);
	}

	@Test
	void thePurgeRemovesWhatIsLongOverAndNothingElse() {
		issue("reset", "over", OVER);
		String open = issue("reset", "open", HOUR);
		String used = issue("reset", "used", HOUR);
		consume("reset", used);
		inTransaction(() -> this.tokens.issue("reset", "revoked", HOUR));
		inTransaction(() -> this.tokens.revoke("reset", "revoked"));
		assertThat(this.store.purge(HOUR, 100)).isZero();
		assertThat(this.store.purge(Duration.ZERO, 100)).isEqualTo(1);
		assertThat(this.store.purge(Duration.ZERO, 100)).isZero();
		assertThat(consume("reset", open)).isEqualTo("open");
		assertRefused(() -> consume("reset", used), Decision.REUSED);
	}

	@Test
	void thePurgeStopsAtItsBatch() {
		for (int i = 0; i < 3; i++) {
			issue("reset", "over", OVER);
		}
		assertThat(this.store.purge(Duration.ZERO, 2)).isEqualTo(2);
		assertThat(this.store.purge(Duration.ZERO, 2)).isEqualTo(1);
	}

	@Test
	void whatDoesNotFitIsRefused() {
		assertIllegal(() -> issue(" ", "anna", HOUR));
		assertIllegal(() -> issue("p".repeat(101), "anna", HOUR));
		assertIllegal(() -> issue("reset", "s".repeat(1025), HOUR));
		assertIllegal(() -> issue("reset", "a\0b", HOUR));
		assertIllegal(() -> issue("reset", "anna", Duration.ZERO));
		assertThat(consume("p".repeat(100), issue("p".repeat(100), "\u00e9".repeat(1024), HOUR)))
			.isEqualTo("\u00e9".repeat(1024));
	}

	@Test
	void aCodeIsCheckedOutsideAndBurntInside() {
		OneTimeCodes codes = codes(5, NEW_KEY);
		String code = inTransaction(() -> codes.issue("login", "anna", HOUR));
		assertThat(code).matches("[0-9]{6}");
		assertUnprotected(() -> inTransaction(() -> codes.check("login", "anna", code)));
		CheckedCode checked = codes.check("login", "anna", code);
		assertUnprotected(() -> codes.consume(checked));
		this.database.rolledBack(() -> burn(codes, checked));
		burnInTransaction(codes, checked);
		assertRefused(() -> burnInTransaction(codes, codes.check("login", "anna", code)), Decision.REUSED);
	}

	@Test
	void aCodeIsBoundToItsSubjectAndPurposeAndReplacedByTheNext() {
		OneTimeCodes codes = codes(5, NEW_KEY);
		String code = inTransaction(() -> codes.issue("login", "anna", HOUR));
		assertRefused(() -> codes.check("login", "bert", code), Decision.UNKNOWN);
		assertRefused(() -> codes.check("pay", "anna", code), Decision.UNKNOWN);
		CheckedCode checked = codes.check("login", "anna", code);
		String next = inTransaction(() -> codes.issue("login", "anna", HOUR));
		assertRefused(() -> burnInTransaction(codes, checked), Decision.REVOKED);
		burnInTransaction(codes, codes.check("login", "anna", next));
	}

	@Test
	void aRightGuessBehindTooManyWrongOnesIsRefused() {
		OneTimeCodes codes = codes(3, NEW_KEY);
		String code = inTransaction(() -> codes.issue("login", "anna", HOUR));
		for (int i = 0; i < 2; i++) {
			assertRefused(() -> codes.check("login", "anna", other(code)), Decision.WRONG);
		}
		codes.check("login", "anna", code);
		assertRefused(() -> codes.check("login", "anna", other(code)), Decision.EXHAUSTED);
		assertRefused(() -> codes.check("login", "anna", code), Decision.EXHAUSTED);
	}

	@Test
	void wrongGuessesAtOnceAreAllCounted() throws Exception {
		OneTimeCodes codes = codes(10, NEW_KEY);
		String code = inTransaction(() -> codes.issue("login", "anna", HOUR));
		AtomicInteger right = new AtomicInteger();
		together(10, () -> succeeds(() -> codes.check("login", "anna", other(code))));
		together(10, () -> succeeds(() -> codes.check("login", "anna", code)) ? right.incrementAndGet() : 0);
		assertThat(right).hasValue(0);
	}

	@Test
	void codesForTwoSubjectsAreIssuedAtTheSameTime() throws Exception {
		this.database.jdbc().update("DELETE FROM idempotency_token");
		OneTimeCodes codes = codes(5, NEW_KEY);
		CyclicBarrier revoked = new CyclicBarrier(2);
		List<Future<String>> issued = new ArrayList<>();
		for (String subject : List.of("anna", "bert")) {
			issued.add(inBackground(() -> inTransaction(() -> {
				this.store.revoke("login", subject);
				revoked.await(30, TimeUnit.SECONDS);
				return codes.issue("login", subject, HOUR);
			})));
		}
		for (Future<String> code : issued) {
			assertThat(code.get(60, TimeUnit.SECONDS)).hasSize(6);
		}
	}

	@Test
	void codesOfAnOldKeyAreKnownAsLongAsTheKeyIs() {
		String code = inTransaction(() -> codes(5, OLD_KEY).issue("login", "anna", HOUR));
		assertRefused(() -> codes(5, NEW_KEY).check("login", "anna", code), Decision.WRONG);
		OneTimeCodes rotated = codes(5, NEW_KEY, OLD_KEY);
		burnInTransaction(rotated, rotated.check("login", "anna", code));
	}

	private OneTimeCodes codes(int maxAttempts, byte[]... keys) {
		return new HashedCodes(this.store, listener(), new HashedCodes.Settings(List.of(keys), 6, maxAttempts));
	}

	private EffectListener listener() {
		Consumer<Decision> add = this.decisions::add;
		return (event) -> add.accept(((EffectEvent.Token) event).decision());
	}

	private String issue(String purpose, String subject, Duration validFor) {
		return inTransaction(() -> this.tokens.issue(purpose, subject, validFor));
	}

	private String consume(String purpose, String token) {
		return inTransaction(() -> this.tokens.consume(purpose, token));
	}

	private <T> T inTransaction(Callable<T> work) {
		return this.database.inTransaction(work);
	}

	private static boolean burn(OneTimeCodes codes, CheckedCode code) {
		codes.consume(code);
		return true;
	}

	private void burnInTransaction(OneTimeCodes codes, CheckedCode code) {
		inTransaction(() -> burn(codes, code));
	}

	private static String other(String code) {
		return ((code.charAt(0) == '9') ? '0' : (char) (code.charAt(0) + 1)) + code.substring(1);
	}

	private static boolean succeeds(Supplier<?> work) {
		try {
			return work.get() != null;
		}
		catch (RuntimeException ex) {
			return false;
		}
	}

	private void assertRefused(Runnable work, Decision decision) {
		assertThatExceptionOfType(InvalidTokenException.class).isThrownBy(work::run)
			.withMessage("The token is not valid")
			.withNoCause();
		assertThat(this.decisions).last().isEqualTo(decision);
	}

	private static void assertUnprotected(Runnable work) {
		assertThatExceptionOfType(UnprotectedEffectException.class).isThrownBy(work::run)
			.withMessageContaining("transaction");
	}

	private static void assertIllegal(Runnable work) {
		assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(work::run);
	}

}
