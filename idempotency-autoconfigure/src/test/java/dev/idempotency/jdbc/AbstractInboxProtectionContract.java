// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import dev.idempotency.effect.Outcome;
import dev.idempotency.effect.UnprotectedEffectException;
import dev.idempotency.inbox.Claim;
import dev.idempotency.inbox.Inbox;
import dev.idempotency.testing.MemoryH2;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Which transactions every inbox trusts with a claim, and until when.
 */
abstract class AbstractInboxProtectionContract extends AbstractInboxFixture {

	@Test
	void aClaimHoldsUntilTheEndAlsoAroundSavepoints() {
		TransactionTemplate nested = this.database.transactions();
		nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
		this.database.transactions().execute((outer) -> {
			Claim.Held held = held("a");
			nested.executeWithoutResult((inner) -> {
				this.database.jdbc().update("INSERT INTO business VALUES (1, 1)");
				inner.setRollbackOnly();
			});
			assertThat(held.holds()).isTrue();
			return held;
		});
		assertThat(claimAndCommit("a")).isEqualTo(new Claim.Done(Outcome.COMPLETED));
	}

	@Test
	void aClaimIsLostWhenTheBodyRollsBackToASavepointBeforeIt() {
		this.database.transactions().executeWithoutResult((outer) -> {
			Object savepoint = outer.createSavepoint();
			Claim.Held held = held("a");
			outer.rollbackToSavepoint(savepoint);
			assertThat(held.holds()).isFalse();
			outer.setRollbackOnly();
		});
	}

	@Test
	void aClaimIsLostWhenTheBodyEndsTheTransactionItself() {
		for (String end : List.of("ROLLBACK", "COMMIT")) {
			this.database.rolledBack(() -> {
				Claim.Held held = held(end);
				this.database.jdbc().execute(end);
				this.database.jdbc().update("INSERT INTO business VALUES (1, 1)");
				assertThat(held.holds()).isFalse();
				return held;
			});
		}
		assertThat(this.database.count("business")).isZero();
	}

	@Test
	void outsideAWritableTransactionOfItsDataSourceAClaimIsRefused() {
		assertRefused("no transaction is active", () -> this.inbox.claim(call("a", null, PATIENT, PATIENT)));
		TransactionTemplate readOnly = this.database.transactions();
		readOnly.setReadOnly(true);
		assertRefused("read-only",
				() -> readOnly.execute((status) -> this.inbox.claim(call("a", null, PATIENT, PATIENT))));
		TransactionTemplate supports = this.database.transactions();
		supports.setPropagationBehavior(TransactionDefinition.PROPAGATION_SUPPORTS);
		assertRefused("no transaction is active", () -> supports.execute((status) -> {
			this.database.jdbc().queryForObject("SELECT 1", Integer.class);
			return this.inbox.claim(call("a", null, PATIENT, PATIENT));
		}));
		assertThat(this.database.count("idempotency_inbox")).isZero();
	}

	/**
	 * Its connection commits nothing by itself, and still nobody would commit or roll
	 * back together with that transaction.
	 */
	@Test
	void aTransactionOfSomethingElseIsNoProtection() throws SQLException {
		SingleConnectionDataSource manual = new SingleConnectionDataSource(this.database.dataSource().getConnection(),
				true);
		manual.setAutoCommit(false);
		Inbox manualInbox = new JdbcInbox(manual, this.database.dialect());
		try (MemoryH2 other = MemoryH2.open()) {
			TransactionTemplate foreign = new TransactionTemplate(new JdbcTransactionManager(other.dataSource()));
			assertRefused("does not belong", () -> foreign.execute((status) -> {
				new JdbcTemplate(manual).queryForObject("SELECT 1", Integer.class);
				return manualInbox.claim(call("a", null, PATIENT, PATIENT));
			}));
		}
		manual.destroy();
		assertThat(this.database.count("idempotency_inbox")).isZero();
	}

	@Test
	void aFinishedTransactionIsNoProtection() {
		List<Throwable> failures = new ArrayList<>();
		this.database.transactions()
			.executeWithoutResult((status) -> TransactionSynchronizationManager
				.registerSynchronization(new TransactionSynchronization() {
					@Override
					public void afterCompletion(int completion) {
						try {
							AbstractInboxProtectionContract.this.inbox.claim(call("a", null, PATIENT, PATIENT));
						}
						catch (UnprotectedEffectException ex) {
							failures.add(ex);
						}
					}
				}));
		assertThat(failures).hasSize(1);
	}

	private static void assertRefused(String reason, Callable<Claim> claim) {
		assertThatExceptionOfType(UnprotectedEffectException.class).isThrownBy(claim::call)
			.withMessageContaining(reason)
			.withMessageContaining("JdbcTransactionManager");
	}

}
