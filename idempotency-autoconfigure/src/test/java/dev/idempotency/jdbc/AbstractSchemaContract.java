// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import javax.sql.DataSource;

import dev.idempotency.testing.TestDatabase;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * How the tables come into being on every database.
 */
@Timeout(120)
abstract class AbstractSchemaContract {

	private TestDatabase database;

	private DataSource dataSource;

	private JdbcTemplate jdbc;

	abstract TestDatabase open();

	@BeforeEach
	void create() {
		this.database = open();
		this.dataSource = this.database.pool(3);
		this.jdbc = new JdbcTemplate(this.dataSource);
	}

	@AfterEach
	void close() {
		this.database.close();
	}

	@Test
	void migratingTwiceIsMigratingOnce() {
		run(SchemaMode.MIGRATE);
		run(SchemaMode.MIGRATE);
		run(SchemaMode.VALIDATE);
		assertThat(this.jdbc.queryForObject("SELECT COUNT(*) FROM idempotency_lane", Integer.class)).isEqualTo(64);
	}

	@Test
	void theApplicationMigratesAsUsualWhenItComesFirst() {
		assertThat(application().load().migrate().migrationsExecuted).isEqualTo(1);
		run(SchemaMode.MIGRATE);
		assertThat(application().load().migrate().migrationsExecuted).isZero();
		assertThatCode(() -> application().load().validate()).doesNotThrowAnyException();
		assertThat(this.jdbc.queryForObject("SELECT COUNT(*) FROM application_table", Integer.class)).isZero();
	}

	@Test
	void theApplicationMigratesWithABaselineWhenItComesSecond() {
		run(SchemaMode.MIGRATE);
		FluentConfiguration second = application().baselineOnMigrate(true).baselineVersion("0");
		assertThat(second.load().migrate().migrationsExecuted).isEqualTo(1);
		run(SchemaMode.MIGRATE);
		assertThatCode(() -> second.load().validate()).doesNotThrowAnyException();
	}

	@Test
	void theShippedSqlRunByHandSatisfiesEveryMode() {
		assertThatExceptionOfType(SchemaException.class).isThrownBy(() -> run(SchemaMode.VALIDATE));
		for (int repeat = 0; repeat < 2; repeat++) {
			new ResourceDatabasePopulator(
					new ClassPathResource(Dialect.of(this.dataSource).schemaFolder() + "/V1__idempotency.sql"))
				.execute(this.dataSource);
		}
		run(SchemaMode.VALIDATE);
		assertThat(this.jdbc.queryForObject("SELECT COUNT(*) FROM idempotency_lane", Integer.class)).isEqualTo(64);
		run(SchemaMode.MIGRATE);
	}

	@Test
	void aMissingTableIsNamed() {
		run(SchemaMode.MIGRATE);
		this.jdbc.execute("DROP TABLE idempotency_inbox");
		assertMissing("idempotency_inbox", SchemaMode.VALIDATE);
		assertMissing("idempotency_inbox", SchemaMode.MIGRATE);
	}

	@Test
	void aMissingColumnIsNamed() {
		run(SchemaMode.MIGRATE);
		this.jdbc.execute("ALTER TABLE idempotency_outbox DROP COLUMN headers");
		assertMissing("idempotency_outbox.headers", SchemaMode.VALIDATE);
	}

	@Test
	void missingRowsAreNamed() {
		run(SchemaMode.MIGRATE);
		this.jdbc.execute("DELETE FROM idempotency_lane WHERE lane = 17");
		assertMissing("rows of idempotency_lane: 63 of 64 are there", SchemaMode.VALIDATE);
		this.jdbc.execute("INSERT INTO idempotency_lane (lane, epoch) VALUES (17, 0)");
		this.jdbc.execute("UPDATE idempotency_meta SET setting = '0'");
		assertMissing("migrations after version 0, up to 1", SchemaMode.VALIDATE);
	}

	@Test
	void aSchemaOfALaterVersionIsRefused() {
		run(SchemaMode.MIGRATE);
		this.jdbc.execute("UPDATE idempotency_meta SET setting = '2'");
		assertRefusedAsNewer(SchemaMode.VALIDATE);
		assertRefusedAsNewer(SchemaMode.MIGRATE);
	}

	@Test
	void aHistoryOfALaterVersionIsRefused() {
		run(SchemaMode.MIGRATE);
		String history = table(SchemaMigration.HISTORY);
		this.jdbc.execute(("INSERT INTO " + history + " (#installed_rank#, #version#, #description#, #type#, "
				+ "#script#, #installed_by#, #execution_time#, #success#) "
				+ "VALUES (9, '2', 'later', 'SQL', 'V2__later.sql', 'me', 1, " + yes() + ")")
			.replace("#", quote()));
		assertRefusedAsNewer(SchemaMode.MIGRATE);
	}

	@Test
	void nothingIsDoneWhenNothingIsWanted() {
		run(SchemaMode.NONE);
		assertMissing("idempotency_meta", SchemaMode.VALIDATE);
	}

	@Test
	void theTablesAreExactlyThoseThatAreChecked() {
		run(SchemaMode.MIGRATE);
		assertThat(SchemaTables.names()).allSatisfy((table) -> {
			List<String> columns = this.jdbc.query("SELECT * FROM " + table + " WHERE 1 = 0", (rows) -> {
				List<String> names = new ArrayList<>();
				for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
					names.add(rows.getMetaData().getColumnName(i).toLowerCase(Locale.ROOT));
				}
				return names;
			});
			assertThat(columns).containsExactlyInAnyOrderElementsOf(SchemaTables.columns(table));
		});
	}

	private void run(SchemaMode mode) {
		new SchemaMigration(this.dataSource, Dialect.of(this.dataSource), mode).run();
	}

	private FluentConfiguration application() {
		return Flyway.configure().dataSource(this.dataSource).locations("classpath:dev/idempotency/jdbc/application");
	}

	private void assertMissing(String what, SchemaMode mode) {
		assertThatExceptionOfType(SchemaException.class).isThrownBy(() -> run(mode))
			.satisfies((ex) -> assertThat(ex.missing()).contains(what))
			.satisfies((ex) -> assertThat(ex.schema()).isNotEmpty())
			.withMessageContaining(what)
			.withMessageContaining("idempotency.schema.mode=migrate")
			.withMessageContaining("classpath:dev/idempotency/schema/");
	}

	private void assertRefusedAsNewer(SchemaMode mode) {
		assertThatExceptionOfType(SchemaException.class).isThrownBy(() -> run(mode))
			.withMessageContaining("have version 2, but this version of the library knows 1 at most");
	}

	private String table(String name) {
		return quote() + name + quote();
	}

	private String quote() {
		return Dialect.of(this.dataSource).isMySql() ? "`" : "\"";
	}

	private String yes() {
		return Dialect.of(this.dataSource).isMySql() ? "1" : "true";
	}

}
