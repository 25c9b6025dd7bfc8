// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;

import javax.sql.DataSource;

import dev.idempotency.testing.MemoryH2;
import dev.idempotency.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import static org.assertj.core.api.Assertions.assertThat;

class H2InboxTests extends AbstractInboxContract {

	@Override
	TestDatabase open() {
		return MemoryH2.open();
	}

	@Override
	String lockBound() {
		return "CALL LOCK_TIMEOUT()";
	}

	/**
	 * JPA's transaction manager binds its connection without marking it as active.
	 */
	@Test
	void aTransactionOfJpaIsProtection() throws SQLException {
		DataSource dataSource = this.database.dataSource();
		try (Connection connection = dataSource.getConnection()) {
			connection.setAutoCommit(false);
			TransactionSynchronizationManager.initSynchronization();
			TransactionSynchronizationManager.setActualTransactionActive(true);
			TransactionSynchronizationManager.bindResource(dataSource, new ConnectionHolder(() -> connection));
			assertThat(held("a").holds()).isTrue();
			connection.rollback();
		}
		finally {
			TransactionSynchronizationManager.unbindResourceIfPossible(dataSource);
			TransactionSynchronizationManager.clear();
		}
	}

	/**
	 * A session of H2 repeats a statement in the calling thread as long as somebody is in
	 * its way.
	 */
	@Override
	void awaitBlocked(int sessions) {
		Awaitility.await()
			.until(() -> Thread.getAllStackTraces().values().stream().filter(H2InboxTests::works).count() >= sessions);
	}

	private static boolean works(StackTraceElement[] stack) {
		return Arrays.stream(stack).anyMatch((frame) -> frame.getClassName().equals("org.h2.command.Command"));
	}

}
