// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.Arrays;
import java.util.List;

import javax.sql.DataSource;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;

/**
 * Brings the tables into being and checks them. The history is the library's own, in the
 * table {@value #HISTORY}: it neither reads nor disturbs the application's migrations,
 * also where both live in one schema.
 */
public final class SchemaMigration {

	/** Table of the history. */
	public static final String HISTORY = "idempotency_schema_history";

	private final DataSource dataSource;

	private final Dialect dialect;

	private final SchemaMode mode;

	/**
	 * Creates a migration.
	 * @param dataSource where the tables belong; its user needs the right to create
	 * tables for {@link SchemaMode#MIGRATE}
	 * @param dialect what the database is
	 * @param mode what to do
	 */
	public SchemaMigration(DataSource dataSource, Dialect dialect, SchemaMode mode) {
		this.dataSource = new CallersTransaction(dataSource).dataSource();
		this.dialect = dialect;
		this.mode = mode;
	}

	/**
	 * Does what the mode says.
	 * @throws SchemaException if the tables are not what this version of the library
	 * needs, or cannot be made so
	 */
	public void run() {
		switch (this.mode) {
			case NONE -> {
			}
			case VALIDATE -> check();
			case MIGRATE -> {
				migrate();
				check();
			}
		}
	}

	private void check() {
		new OwnTransactions(this.dataSource).each((jdbc) -> {
			SchemaCheck check = new SchemaCheck(jdbc, this.dialect);
			check.refuseNewer();
			check.run();
			return check;
		});
	}

	private void migrate() {
		try {
			Flyway flyway = flyway();
			refuseNewer(flyway);
			flyway.migrate();
		}
		catch (FlywayException ex) {
			throw new SchemaException("The tables idempotency_* cannot be created or brought up to date in schema '"
					+ schema() + "': " + ex.getMessage() + ". The user needs the right to create tables; "
					+ "PostgreSQL needs flyway-database-postgresql and MariaDB or MySQL flyway-mysql on the class path; "
					+ "or apply the SQL at classpath:" + this.dialect.schemaFolder()
					+ " by other means and set idempotency.schema.mode=validate", schema(), List.of(), ex);
		}
	}

	private void refuseNewer(Flyway flyway) {
		Arrays.stream(flyway.info().all())
			.filter((info) -> info.getState().isApplied() && !info.getState().isResolved())
			.map(MigrationInfo::getVersion)
			.filter((version) -> version != null && version.isNewerThan(String.valueOf(SchemaTables.VERSION)))
			.findFirst()
			.ifPresent((version) -> {
				throw SchemaCheck.newer(schema(), version.getVersion());
			});
	}

	/**
	 * A schema that is not empty is the application's: the baseline below the first
	 * migration lets it be.
	 */
	private Flyway flyway() {
		return Flyway.configure(getClass().getClassLoader())
			.dataSource(this.dataSource)
			.locations("classpath:" + this.dialect.schemaFolder())
			.table(HISTORY)
			.baselineOnMigrate(true)
			.baselineVersion("0")
			.createSchemas(false)
			.placeholderReplacement(false)
			.failOnMissingLocations(true)
			.load();
	}

	private String schema() {
		return new OwnTransactions(this.dataSource).each((jdbc) -> new SchemaCheck(jdbc, this.dialect).schema());
	}

}
