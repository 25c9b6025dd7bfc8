// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;

import dev.idempotency.effect.Outcome;
import dev.idempotency.effect.UnprotectedEffectException;
import dev.idempotency.inbox.Claim;
import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.transaction.TransactionDefinition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class PostgresInboxIT extends AbstractInboxContract {

	@Override
	TestDatabase open() {
		return SharedPostgres.open();
	}

	@Override
	String lockBound() {
		return "SHOW lock_timeout";
	}

	@Override
	void awaitBlocked(int sessions) {
		Awaitility.await()
			.until(() -> this.database
				.count("pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid AND a.datname = current_database() "
						+ "WHERE NOT l.granted") >= sessions);
	}

	@Test
	void aSwallowedDuplicateKeyLosesTheClaim() {
		this.database.jdbc().update("INSERT INTO business VALUES (1, 1)");
		this.database.rolledBack(() -> {
			Claim.Held held = held("a");
			assertThatExceptionOfType(DuplicateKeyException.class)
				.isThrownBy(() -> this.database.jdbc().update("INSERT INTO business VALUES (1, 2)"));
			assertThat(held.holds()).isFalse();
			assertThatExceptionOfType(UnprotectedEffectException.class).isThrownBy(held::reject);
			return held;
		});
	}

	@Test
	void aTransactionThatFailedBeforeIsNoProtection() {
		this.database.jdbc().update("INSERT INTO business VALUES (1, 1)");
		this.database.rolledBack(() -> {
			assertThatExceptionOfType(DuplicateKeyException.class)
				.isThrownBy(() -> this.database.jdbc().update("INSERT INTO business VALUES (1, 2)"));
			assertThatExceptionOfType(UnprotectedEffectException.class).isThrownBy(() -> held("a"))
				.withMessageContaining("earlier statement failed");
			return true;
		});
	}

	@Test
	void theCallersOwnBoundIsBackAfterAClaimAndAfterARepetition() {
		runElsewhere("b");
		this.database.inTransaction(() -> {
			this.database.jdbc().execute("SET LOCAL lock_timeout = '1234ms'");
			Claim.Held held = held("a");
			assertThat(this.database.jdbc().queryForObject(lockBound(), String.class)).isEqualTo("1234ms");
			assertThat(this.inbox.claim(call("b", null, PATIENT, PATIENT)))
				.isEqualTo(new Claim.Done(Outcome.COMPLETED));
			assertThat(this.database.jdbc().queryForObject(lockBound(), String.class)).isEqualTo("1234ms");
			return held;
		});
	}

	@Test
	void aClaimIsProvedWithoutARoundTrip() {
		this.database.inTransaction(() -> {
			Claim.Held held = held("a");
			String session = this.database.jdbc().queryForObject("SELECT pg_backend_pid()", String.class);
			assertThat(held.holds()).isTrue();
			assertThat(lastStatement(session)).isEqualTo("SELECT pg_backend_pid()");
			return held;
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "SET application_name = 'mine'", "RESET application_name" })
	void withoutItsMarkAClaimIsProvedByTheTable(String change) {
		this.database.inTransaction(() -> {
			Claim.Held held = held("a");
			String session = this.database.jdbc().queryForObject("SELECT pg_backend_pid()", String.class);
			this.database.jdbc().execute(change);
			assertThat(held.holds()).isTrue();
			assertThat(lastStatement(session)).contains("idempotency_inbox");
			return held;
		});
	}

	@Test
	void whileAnEffectRunsTheNameOfTheApplicationStaysInFront() {
		String name = "SELECT current_setting('application_name')";
		this.database.inTransaction(() -> {
			this.database.jdbc().execute("SET LOCAL application_name = 'shop'");
			held("a");
			Claim.Held second = held("b");
			assertThat(this.database.jdbc().queryForObject(name, String.class)).matches("shop #[0-9a-f]+");
			return second;
		});
		assertThat(this.database.jdbc().queryForObject(name, String.class)).doesNotContain("#");
	}

	private String lastStatement(String session) {
		return CompletableFuture
			.supplyAsync(() -> this.database.jdbc()
				.queryForObject("SELECT query FROM pg_stat_activity WHERE pid = " + session, String.class))
			.join();
	}

	@ParameterizedTest
	@ValueSource(
			ints = { TransactionDefinition.ISOLATION_REPEATABLE_READ, TransactionDefinition.ISOLATION_SERIALIZABLE })
	void withAnOlderSnapshotTheLoserIsBusyAndThenDone(int isolation) {
		Claim loser = this.database.transactions(isolation).execute((status) -> {
			this.database.jdbc().queryForObject("SELECT COUNT(*) FROM business", Integer.class);
			runElsewhere("a");
			Claim claim = this.inbox.claim(call("a", null, PATIENT, PATIENT));
			status.setRollbackOnly();
			return claim;
		});
		assertThat(loser).isInstanceOf(Claim.Busy.class);
		assertThat(this.database.inTransaction(isolation, () -> this.inbox.claim(call("a", null, PATIENT, PATIENT))))
			.isEqualTo(new Claim.Done(Outcome.COMPLETED));
	}

	@Test
	void aWaiterAtRepeatableReadIsBusy() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		Future<Boolean> winner = holdUntil(end, call("a", null, PATIENT, PATIENT));
		var waiter = inParallel(1,
				() -> this.database.transactions(TransactionDefinition.ISOLATION_REPEATABLE_READ).execute((status) -> {
					status.setRollbackOnly();
					return this.inbox.claim(call("a", null, PATIENT, PATIENT));
				}));
		awaitBlocked(1);
		end.countDown();
		winner.get();
		assertThat(results(waiter)).singleElement().isInstanceOf(Claim.Busy.class);
	}

	private void runElsewhere(String id) {
		try {
			assertThat(results(inParallel(1, () -> claimAndCommit(id)))).singleElement().isInstanceOf(Claim.Held.class);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
