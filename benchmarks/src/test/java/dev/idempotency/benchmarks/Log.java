// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * How much the database writes to its write-ahead log.
 */
final class Log {

	private final JdbcTemplate jdbc;

	Log(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Writes a checkpoint, so that the first change of every page logs the whole page
	 * again, in each variant alike, and then counts.
	 * @return bytes per operation
	 */
	List<Double> bytes(int operations, Variant.Step work) throws Exception {
		this.jdbc.execute("checkpoint");
		String before = position();
		work.run();
		return List.of(Double
			.parseDouble(String.valueOf(this.jdbc.queryForObject(
					"select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), ?::pg_lsn)", String.class, before)))
				/ operations);
	}

	private String position() {
		return String.valueOf(this.jdbc.queryForObject("select pg_current_wal_insert_lsn()::text", String.class));
	}

}
