// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.List;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Business rows.
 */
class Ledger {

	private final JdbcTemplate jdbc;

	Ledger(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
		jdbc.execute("create table if not exists ledger (entry varchar(100))");
	}

	void add(String entry) {
		this.jdbc.update("insert into ledger values (?)", entry);
	}

	List<String> entries() {
		return this.jdbc.queryForList("select entry from ledger order by entry", String.class);
	}

}
