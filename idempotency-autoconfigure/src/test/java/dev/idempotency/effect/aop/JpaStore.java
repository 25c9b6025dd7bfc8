// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.Map;

import javax.sql.DataSource;

import dev.idempotency.jdbc.Dialect;
import dev.idempotency.jdbc.JdbcInbox;
import dev.idempotency.jdbc.JdbcResults;
import dev.idempotency.jdbc.SchemaMigration;
import dev.idempotency.jdbc.SchemaMode;
import dev.idempotency.json.JsonResultCodec;
import jakarta.persistence.EntityManagerFactory;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;

/**
 * The library's own inbox in transactions of Hibernate.
 */
@Configuration(proxyBeanMethods = false)
class JpaStore {

	@Bean
	LocalContainerEntityManagerFactoryBean entityManagerFactory(DataSource dataSource) {
		LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
		factory.setDataSource(dataSource);
		factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
		factory.setManagedTypes(PersistenceManagedTypes.of(Shipment.class.getName(), Parcel.class.getName()));
		factory.setJpaPropertyMap(Map.of("hibernate.hbm2ddl.auto", "create"));
		return factory;
	}

	@Bean
	JpaTransactionManager transactionManager(EntityManagerFactory factory) {
		return new JpaTransactionManager(factory);
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
