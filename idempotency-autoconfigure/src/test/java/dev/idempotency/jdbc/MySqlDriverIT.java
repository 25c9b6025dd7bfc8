// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import dev.idempotency.testing.SharedMariaDb;
import dev.idempotency.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * MySQL's driver and what is done for MySQL, on a server of MariaDB.
 */
class MySqlDriverIT {

	@Test
	void theServerIsKnownForWhatItIs() {
		try (SharedMariaDb server = SharedMariaDb.open()) {
			assertThat(Dialect.of(dataSource(server))).isEqualTo(Dialect.MARIADB);
		}
	}

	private static DriverManagerDataSource dataSource(SharedMariaDb server) {
		return new DriverManagerDataSource(server.jdbcUrl().replace("jdbc:mariadb:", "jdbc:mysql:"), server.username(),
				server.password());
	}

	private static MigratedDatabase migrated() {
		SharedMariaDb server = SharedMariaDb.open();
		return new MigratedDatabase(server, dataSource(server), Dialect.MYSQL);
	}

	@Nested
	class Claims extends AbstractInboxContract {

		@Override
		MigratedDatabase migrated() {
			return MySqlDriverIT.migrated();
		}

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
			Awaitility.await().until(() -> this.database.count(MariaDbInboxIT.BLOCKED) >= sessions);
		}

	}

	@Nested
	class Relay extends AbstractSharedLockRelayContract {

		@Override
		MigratedDatabase migrated() {
			return MySqlDriverIT.migrated();
		}

		@Override
		TestDatabase open() {
			return SharedMariaDb.open();
		}

	}

	@Nested
	class Parking extends AbstractParkingContract {

		@Override
		MigratedDatabase migrated() {
			return MySqlDriverIT.migrated();
		}

		@Override
		TestDatabase open() {
			return SharedMariaDb.open();
		}

	}

}
