// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.sql.Connection;

import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class MemoryH2Tests {

	@Test
	void eachCallerGetsAnEmptyDatabaseOfItsOwn() {
		try (MemoryH2 first = MemoryH2.open(); MemoryH2 second = MemoryH2.open()) {
			new JdbcTemplate(first.dataSource()).execute("create table mine (id int)");
			assertThat(new JdbcTemplate(first.unpooled()).queryForList("select * from mine")).isEmpty();
			assertThat(new JdbcTemplate(second.dataSource())
				.queryForList("select * from information_schema.tables where table_name = 'MINE'")).isEmpty();
		}
	}

	@Test
	void closedDatabaseGivesNoPool() throws Exception {
		MemoryH2 database = MemoryH2.open();
		try (Connection connection = database.pool(1).getConnection()) {
			assertThat(connection.isValid(1)).isTrue();
		}
		database.close();
		database.close();
		assertThatIllegalStateException().isThrownBy(() -> database.pool(1)).withMessageEndingWith("is closed");
	}

}
