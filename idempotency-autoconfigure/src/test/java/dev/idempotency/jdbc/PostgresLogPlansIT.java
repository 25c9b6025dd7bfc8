// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

import dev.idempotency.relay.OutboxLog;
import dev.idempotency.relay.OutboxLog.Page;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The settings under which the log is read, and the plans they lead to.
 */
class PostgresLogPlansIT extends AbstractLogFixture {

	@Test
	void theCommitIsFlushedAndTheSettingsGoWithTheTransaction() throws SQLException {
		try (Connection connection = this.database.dataSource().getConnection()) {
			JdbcTemplate jdbc = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
			String settings = "SELECT current_setting('synchronous_commit') || current_setting('enable_seqscan')";
			jdbc.execute("SET synchronous_commit = off");
			try {
				assertThat(LogSql.<String>query(jdbc, settings, (same, statement) -> {
				}, (row) -> row.next() ? row.getString(1) : "")).isEqualTo("onoff");
				assertThat(jdbc.queryForObject(settings, String.class)).isEqualTo("offon");
			}
			finally {
				jdbc.execute("RESET synchronous_commit");
			}
		}
	}

	/**
	 * The messages of one great transaction make the planner believe that every
	 * transaction is as great, and that it is cheaper to read all the destination ever
	 * had.
	 */
	@Test
	void whatCommitsLateIsLookedUpByItsTransactionWhateverTheStatisticsSay() {
		write(0, 500);
		this.database.jdbc().execute("ANALYZE idempotency_outbox_log");
		String late = LogSql.notIn("id", "idempotency_outbox_log", "'5:9:6,7'::pg_snapshot")
			.replace("?", "'" + ORDERS + "'");
		String plan = this.database.inTransaction(() -> {
			this.database.jdbc().queryForList(LogSql.SETTINGS);
			return String.join("\n", this.database.jdbc().queryForList("EXPLAIN " + late, String.class));
		});
		assertThat(plan).contains("xid = late.late").doesNotContain("Join Filter");
	}

	@Test
	void theStatementsOfARelayArePlannedOnce() throws SQLException {
		try (Connection connection = this.database.dataSource().getConnection()) {
			JdbcTemplate jdbc = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
			OutboxLog.Reader reader = log(jdbc.getDataSource(), "one").claim(ORDERS, this.leases).orElseThrow();
			Page page = reader.next(10).orElseThrow();
			for (int i = 0; i < 20; i++) {
				write(i, i + 1);
				page = page.messages().isEmpty() ? reader.next(10).orElseThrow()
						: reader.close(page, List.of(), 10).orElseThrow();
				assertThat(page.messages()).hasSize(1);
			}
			assertThat(jdbc.queryForList("SELECT generic_plans, custom_plans FROM pg_prepared_statements "
					+ "WHERE statement LIKE '%page AS MATERIALIZED%'"))
				.isNotEmpty()
				.allSatisfy((statement) -> assertThat(statement).containsEntry("custom_plans", 0L));
		}
	}

}
