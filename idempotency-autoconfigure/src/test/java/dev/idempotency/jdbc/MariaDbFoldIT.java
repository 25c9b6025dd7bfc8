// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.sql.Statement;

import dev.idempotency.testing.SharedMariaDb;
import dev.idempotency.testing.TestDatabase;

class MariaDbFoldIT extends AbstractFoldContract {

	@Override
	TestDatabase open() {
		return SharedMariaDb.open();
	}

	@Override
	void stopClaims() {
		this.database.jdbc()
			.execute("CREATE TRIGGER gate BEFORE INSERT ON idempotency_inbox FOR EACH ROW "
					+ "SET NEW.flow = IF(@waits = 1, IF(GET_LOCK(CONCAT(DATABASE(), '.gate'), 30) = 1 "
					+ "AND RELEASE_LOCK(CONCAT(DATABASE(), '.gate')) = 1, NEW.flow, NEW.flow), NEW.flow)");
	}

	@Override
	void letClaimsGo() {
		this.database.jdbc().execute("DROP TRIGGER gate");
	}

	@Override
	int stopHere() {
		return this.database.jdbc().update("SET @waits = 1");
	}

	@Override
	AutoCloseable closeGate() throws Exception {
		Connection keeper = this.database.dataSource().getConnection();
		try (Statement statement = keeper.createStatement()) {
			statement.execute("DO GET_LOCK(CONCAT(DATABASE(), '.gate'), 0)");
		}
		return () -> {
			if (!keeper.isClosed()) {
				try (Statement statement = keeper.createStatement()) {
					statement.execute("DO RELEASE_ALL_LOCKS()");
				}
				keeper.close();
			}
		};
	}

	@Override
	boolean stopped() {
		return this.database.jdbc()
			.queryForObject("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE STATE LIKE 'User lock%' "
					+ "AND DB = DATABASE()", Integer.class) == 1;
	}

}
