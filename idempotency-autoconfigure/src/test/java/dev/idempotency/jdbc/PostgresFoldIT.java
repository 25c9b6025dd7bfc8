// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.sql.Statement;

import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.TestDatabase;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PostgresFoldIT extends AbstractFoldContract {

	@Override
	TestDatabase open() {
		return SharedPostgres.open();
	}

	/**
	 * A transaction that has read only has no id of its own, and yet sees what was.
	 */
	@Test
	void rowsStayUntilWhoeverMayNotSeeTheFoldHasEnded() {
		apply(1, 2);
		this.database.inTransaction(() -> {
			this.database.jdbc().queryForList("SELECT * FROM business");
			StreamFold other = this.fold;
			other.fold();
			other.fold();
			assertThat(rows()).isEqualTo(2);
			return true;
		});
		assertThat(watermark()).isEqualTo(2);
		this.fold.fold();
		assertThat(rows()).isZero();
	}

	@Override
	void stopClaims() {
		this.database.jdbc().execute("""
				CREATE OR REPLACE FUNCTION wait_at_the_gate() RETURNS trigger LANGUAGE plpgsql AS $$
				BEGIN
					IF current_setting('test.waits', true) = 'yes' THEN
						PERFORM pg_advisory_xact_lock_shared(4711);
					END IF;
					RETURN NEW;
				END $$""");
		this.database.jdbc()
			.execute("CREATE TRIGGER gate BEFORE INSERT ON idempotency_inbox FOR EACH ROW "
					+ "EXECUTE FUNCTION wait_at_the_gate()");
	}

	@Override
	void letClaimsGo() {
		this.database.jdbc().execute("DROP TRIGGER gate ON idempotency_inbox");
	}

	@Override
	int stopHere() {
		this.database.jdbc().queryForList("SELECT set_config('test.waits', 'yes', true)");
		return 0;
	}

	@Override
	AutoCloseable closeGate() throws Exception {
		Connection keeper = this.database.dataSource().getConnection();
		try (Statement statement = keeper.createStatement()) {
			statement.execute("SELECT pg_advisory_lock(4711)");
		}
		return () -> {
			if (!keeper.isClosed()) {
				try (Statement statement = keeper.createStatement()) {
					statement.execute("SELECT pg_advisory_unlock(4711)");
				}
				keeper.close();
			}
		};
	}

	@Override
	boolean stopped() {
		return this.database.jdbc()
			.queryForObject(
					"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted",
					Integer.class) == 1;
	}

}
