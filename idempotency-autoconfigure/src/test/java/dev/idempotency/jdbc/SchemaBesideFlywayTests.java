// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import javax.sql.DataSource;

import dev.idempotency.testing.MemoryH2;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

class SchemaBesideFlywayTests {

	/**
	 * The application's Flyway refuses a schema that already holds tables of others.
	 */
	@Test
	void theApplicationsMigrationsComeFirstAndWhoUsesTheDatabaseComesLast() {
		try (MemoryH2 database = MemoryH2.open()) {
			new ApplicationContextRunner()
				.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
						FlywayAutoConfiguration.class, JdbcTemplateAutoConfiguration.class))
				.withUserConfiguration(Schema.class)
				.withPropertyValues("spring.datasource.url=" + database.jdbcUrl(), "spring.datasource.username=sa",
						"spring.flyway.locations=classpath:dev/idempotency/jdbc/application")
				.run((context) -> {
					assertThat(context).hasNotFailed();
					JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
					assertThat(jdbc.queryForList("SELECT * FROM application_table")).isEmpty();
					assertThat(jdbc.queryForList("SELECT * FROM idempotency_inbox")).isEmpty();
					assertThat(context.getBeanFactory().getDependenciesForBean("jdbcTemplate"))
						.contains("schemaInitializer");
				});
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Schema {

		/**
		 * Declared before Flyway's own, and named so that it sorts before it, too.
		 */
		@Bean
		IdempotencySchemaInitializer schemaInitializer(DataSource dataSource) {
			return new IdempotencySchemaInitializer(
					new SchemaMigration(dataSource, Dialect.of(dataSource), SchemaMode.MIGRATE));
		}

	}

}
