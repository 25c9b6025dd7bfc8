// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import javax.sql.DataSource;

import dev.idempotency.testing.MemoryH2;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;

/**
 * A database in memory with a fake inbox.
 */
@Configuration(proxyBeanMethods = false)
class MemoryStore {

	@Bean
	MemoryH2 database() {
		return MemoryH2.open();
	}

	@Bean
	DataSource dataSource(MemoryH2 database) {
		return database.dataSource();
	}

	@Bean
	JdbcTransactionManager transactionManager(DataSource dataSource) {
		return new JdbcTransactionManager(dataSource);
	}

	@Bean
	TableInbox inbox(JdbcTemplate jdbc) {
		return new TableInbox(jdbc);
	}

}
