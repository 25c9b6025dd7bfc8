// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;

import javax.sql.DataSource;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class DialectTests {

	@ParameterizedTest
	@CsvSource({ "PostgreSQL, 18.1, POSTGRESQL", "MariaDB, 10.11.19-MariaDB, MARIADB", "MySQL, 8.4.3, MYSQL",
			"MySQL, 5.5.5-10.11.19-MariaDB, MARIADB", "H2, 2.4.240, H2" })
	void aDatabaseIsKnownByItsProduct(String product, String version, Dialect dialect) throws SQLException {
		assertThat(Dialect.of(dataSource(product, version))).isEqualTo(dialect);
	}

	@Test
	void anUnknownProductIsRefusedWithThoseThatAreKnown() {
		assertThatExceptionOfType(UnsupportedDatabaseException.class)
			.isThrownBy(() -> Dialect.of(dataSource("Oracle", "23")))
			.withMessage("The database is 'Oracle'; the stores know PostgreSQL, MariaDB, MySQL and H2");
	}

	@Test
	void aDatabaseThatDoesNotAnswerIsNoDatabase() throws SQLException {
		DataSource dataSource = mock();
		given(dataSource.getConnection()).willThrow(new SQLException("refused", "08001"));
		assertThatExceptionOfType(UnsupportedDatabaseException.class).isThrownBy(() -> Dialect.of(dataSource))
			.withMessageContaining("check that it is up");
	}

	private static DataSource dataSource(String product, String version) throws SQLException {
		DataSource dataSource = mock();
		Connection connection = mock();
		DatabaseMetaData metaData = mock();
		given(dataSource.getConnection()).willReturn(connection);
		given(connection.getMetaData()).willReturn(metaData);
		given(metaData.getDatabaseProductName()).willReturn(product);
		given(metaData.getDatabaseProductVersion()).willReturn(version);
		return dataSource;
	}

}
