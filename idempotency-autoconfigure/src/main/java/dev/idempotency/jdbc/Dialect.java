// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

import javax.sql.DataSource;

import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;

/**
 * The databases the stores work on, and how each of them tells the time. All times are
 * the database's and microseconds precise; MariaDB and MySQL store them in UTC whatever
 * the time zone of the session.
 */
public enum Dialect {

	/** PostgreSQL 13 and later. */
	POSTGRESQL("postgresql", "statement_timestamp()", "statement_timestamp() + ? * interval '1 microsecond'",
			"CAST(EXTRACT(EPOCH FROM statement_timestamp() - %s) * 1000000 AS bigint)"),

	/** MariaDB 10.6 and later. */
	MARIADB("mysql", "UTC_TIMESTAMP(6)", "UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND",
			"TIMESTAMPDIFF(MICROSECOND, %s, UTC_TIMESTAMP(6))"),

	/** MySQL 8.0 and later. */
	MYSQL("mysql", "UTC_TIMESTAMP(6)", "UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND",
			"TIMESTAMPDIFF(MICROSECOND, %s, UTC_TIMESTAMP(6))"),

	/** H2 2.2 and later, in its regular mode and in those for PostgreSQL and MySQL. */
	H2("h2", "CURRENT_TIMESTAMP(6)", "DATEADD(MICROSECOND, ?, CURRENT_TIMESTAMP(6))",
			"DATEDIFF(MICROSECOND, %s, CURRENT_TIMESTAMP(6))");

	private final String folder;

	private final String now;

	private final String later;

	private final String age;

	Dialect(String folder, String now, String later, String age) {
		this.folder = folder;
		this.now = now;
		this.later = later;
		this.age = age;
	}

	/**
	 * Asks a database what it is.
	 * @param dataSource leads to the database
	 * @return its dialect
	 * @throws UnsupportedDatabaseException if it is none of these
	 */
	public static Dialect of(DataSource dataSource) {
		try {
			return JdbcUtils.extractDatabaseMetaData(dataSource, Dialect::of);
		}
		catch (MetaDataAccessException ex) {
			throw new UnsupportedDatabaseException("Cannot ask the database for its product name; "
					+ "check that it is up and that the data source's URL and credentials are right", ex);
		}
	}

	private static Dialect of(DatabaseMetaData metaData) throws SQLException {
		String product = metaData.getDatabaseProductName();
		return switch (product.toLowerCase(Locale.ROOT)) {
			case "postgresql" -> POSTGRESQL;
			case "mariadb" -> MARIADB;
			case "mysql" -> isMariaDb(metaData) ? MARIADB : MYSQL;
			case "h2" -> H2;
			default -> throw new UnsupportedDatabaseException(
					"The database is '" + product + "'; the stores know PostgreSQL, MariaDB, MySQL and H2");
		};
	}

	/**
	 * MySQL's own driver calls every server MySQL.
	 */
	private static boolean isMariaDb(DatabaseMetaData metaData) throws SQLException {
		return metaData.getDatabaseProductVersion().toLowerCase(Locale.ROOT).contains("mariadb");
	}

	/**
	 * Where the SQL of the schema lies.
	 * @return a folder on the class path
	 */
	public String schemaFolder() {
		return "dev/idempotency/schema/" + this.folder;
	}

	String now() {
		return this.now;
	}

	/**
	 * The time so many microseconds from now; one parameter.
	 */
	String later() {
		return this.later;
	}

	/**
	 * How many microseconds ago a column says.
	 */
	String age(String column) {
		return String.format(Locale.ROOT, this.age, column);
	}

	boolean isMySql() {
		return this == MARIADB || this == MYSQL;
	}

	Object parameter(Instant instant) {
		OffsetDateTime time = instant.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
		return isMySql() ? time.toLocalDateTime() : time;
	}

	Instant instant(ResultSet row, String column) throws SQLException {
		if (isMySql()) {
			return row.getObject(column, LocalDateTime.class).toInstant(ZoneOffset.UTC);
		}
		return row.getObject(column, OffsetDateTime.class).toInstant();
	}

}
