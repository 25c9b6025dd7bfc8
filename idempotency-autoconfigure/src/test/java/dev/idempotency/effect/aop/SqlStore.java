// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import javax.sql.DataSource;

import dev.idempotency.jdbc.Dialect;
import dev.idempotency.jdbc.JdbcInbox;
import dev.idempotency.jdbc.JdbcResults;
import dev.idempotency.jdbc.SchemaMigration;
import dev.idempotency.jdbc.SchemaMode;
import dev.idempotency.json.JsonResultCodec;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.jdbc.support.JdbcTransactionManager;

/**
 * The library's own inbox, on connections that can fail.
 */
@Configuration(proxyBeanMethods = false)
class SqlStore {

	@Bean
	JdbcTransactionManager transactionManager(DataSource dataSource) {
		return new JdbcTransactionManager(dataSource);
	}

	@Bean
	JdbcInbox inbox(DataSource dataSource) {
		Dialect dialect = Dialect.of(dataSource);
		new SchemaMigration(dataSource, dialect, SchemaMode.MIGRATE).run();
		return new JdbcInbox(dataSource, dialect);
	}

	@Bean
	@DependsOn("inbox")
	JdbcResults results(DataSource dataSource) {
		return new JdbcResults(dataSource, Dialect.of(dataSource));
	}

	@Bean
	JsonResultCodec resultCodec() {
		return new JsonResultCodec(JsonMapper.builder().build(), 1_000);
	}

}
