// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;

import dev.idempotency.effect.Outcome;
import dev.idempotency.inbox.Claim;
import dev.idempotency.testing.SharedMariaDb;
import dev.idempotency.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.transaction.TransactionDefinition;

import static org.assertj.core.api.Assertions.assertThat;

class MariaDbInboxIT extends AbstractInboxContract {

	static final String BLOCKED = "information_schema.innodb_trx t JOIN information_schema.processlist p "
			+ "ON p.id = t.trx_mysql_thread_id AND p.db = DATABASE() WHERE t.trx_state = 'LOCK WAIT'";

	@Override
	TestDatabase open() {
		return SharedMariaDb.open();
	}

	@Override
	String lockBound() {
		return "SELECT @@innodb_lock_wait_timeout";
	}

	@Override
	void awaitBlocked(int sessions) {
		Awaitility.await().until(() -> this.database.count(BLOCKED) >= sessions);
	}

	@Test
	void withAnOlderSnapshotADuplicateIsStillDone() {
		Claim loser = this.database.inTransaction(TransactionDefinition.ISOLATION_REPEATABLE_READ, () -> {
			this.database.jdbc().queryForObject("SELECT COUNT(*) FROM business", Integer.class);
			assertThat(results(inParallel(1, () -> claimAndCommit("a")))).singleElement()
				.isInstanceOf(Claim.Held.class);
			return this.inbox.claim(call("a", null, PATIENT, PATIENT));
		});
		assertThat(loser).isEqualTo(new Claim.Done(Outcome.COMPLETED));
	}

	/**
	 * The victim's first half is rolled back, and what it does next would be committed.
	 */
	@Test
	void aSwallowedDeadlockLosesTheClaim() throws Exception {
		this.database.jdbc().update("INSERT INTO business VALUES (1, 0), (2, 0), (3, 0), (4, 0)");
		CountDownLatch both = new CountDownLatch(2);
		Future<Boolean> other = holdRows(both);
		boolean holds = this.database.rolledBack(() -> {
			Claim.Held held = held("a");
			this.database.jdbc().update("UPDATE business SET amount = 1 WHERE id = 2");
			both.countDown();
			both.await();
			boolean victim = !updated("UPDATE business SET amount = 1 WHERE id = 1");
			assertThat(victim).isTrue();
			this.database.jdbc().update("UPDATE business SET amount = 1 WHERE id = 4");
			return held.holds();
		});
		other.get();
		assertThat(holds).isFalse();
		assertThat(claimAndCommit("a")).isInstanceOf(Claim.Held.class);
	}

	/**
	 * Changes more rows, so that the database chooses the other one as its victim.
	 */
	private Future<Boolean> holdRows(CountDownLatch both) {
		return this.threads().submit(() -> this.database.inTransaction(() -> {
			this.database.jdbc().update("INSERT INTO business SELECT seq, 0 FROM seq_100_to_1100");
			this.database.jdbc().update("UPDATE business SET amount = 2 WHERE id = 1");
			both.countDown();
			both.await();
			return updated("UPDATE business SET amount = 2 WHERE id = 2");
		}));
	}

	private boolean updated(String sql) {
		try {
			return this.database.jdbc().update(sql) == 1;
		}
		catch (PessimisticLockingFailureException ex) {
			return false;
		}
	}

	@Test
	void aStatementThatCommitsByItselfLosesTheClaim() {
		boolean holds = this.database.rolledBack(() -> {
			Claim.Held held = held("a");
			this.database.jdbc().execute("CREATE TABLE made_in_between (id integer)");
			return held.holds();
		});
		assertThat(holds).isFalse();
	}

}
