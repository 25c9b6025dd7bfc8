// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import javax.sql.DataSource;

import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.flow.Contradiction;
import dev.idempotency.testing.MemoryH2;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;

class TransactionRuleTests {

	@Test
	void propagationsThatLeaveTheClaimsTransactionAreRefused() {
		assertThat(Violations.of(Propagations.class)).extracting(Contradiction::found)
			.containsExactly("@Transactional(propagation = NESTED)", "@Transactional(propagation = NEVER)",
					"@Transactional(propagation = REQUIRES_NEW)", "@Transactional(propagation = SUPPORTS)",
					"@Transactional(propagation = NOT_SUPPORTED)");
		assertThat(Violations.of(Propagations.class)).extracting(Contradiction::needed)
			.allMatch((needed) -> needed.startsWith("REQUIRED (the default) or MANDATORY"));
	}

	@Test
	void readOnlyIsRefusedEvenWhenItComesFromTheClass() {
		assertThat(Violations.of(ReadOnly.class)).singleElement().satisfies((contradiction) -> {
			assertThat(contradiction.found()).isEqualTo("@Transactional(readOnly = true)");
			assertThat(contradiction.fix())
				.isEqualTo("Remove readOnly here, or override the class's @Transactional on this method");
		});
	}

	@Test
	void isolationTimeoutAndRollbackRulesAreFine() {
		assertThat(Violations.of(Fine.class)).isEmpty();
	}

	@Test
	void qualifierOfAnotherManagerIsRefused() {
		assertThat(Violations.of(Qualified.class, Second.class)).singleElement().satisfies((contradiction) -> {
			assertThat(contradiction.where()).startsWith("Bean 'transactionRuleTests.Qualified', method ");
			assertThat(contradiction.found())
				.isEqualTo("@Transactional on transaction manager " + JdbcTransactionManager.class.getName());
			assertThat(contradiction.needed()).startsWith("the transaction manager of the inbox's DataSource");
		});
	}

	@Test
	void unknownQualifierIsRefused() {
		assertThat(Violations.of(Qualified.class)).singleElement()
			.satisfies((contradiction) -> assertThat(contradiction.found())
				.startsWith("@Transactional without a manager (")
				.contains("second"));
	}

	@Test
	void primaryManagerOfAnotherDatabaseIsRefusedForTransactionalMethods() {
		assertThat(Violations.of(Fine.class, SecondIsPrimary.class)).extracting(Contradiction::found)
			.contains("@Transactional on transaction manager " + JdbcTransactionManager.class.getName());
	}

	@Test
	void methodWithoutTransactionalTakesTheOwnerWhicheverIsPrimary() {
		assertThat(Violations.of(Bare.class, SecondIsPrimary.class)).isEmpty();
	}

	@Test
	void managerOfAProxyAroundTheDataSourceIsRefused() {
		assertThat(Violations.of(Bare.class, LazyManager.class)).singleElement().satisfies((contradiction) -> {
			assertThat(contradiction.where()).isEqualTo("Transaction manager of the inbox");
			assertThat(contradiction.found())
				.isEqualTo("'transactionManager' (" + JdbcTransactionManager.class.getName() + ")");
			assertThat(contradiction.fix()).contains("exactly that DataSource bean, not on a proxy around it");
		});
	}

	static class Propagations {

		@Transactional(propagation = Propagation.REQUIRES_NEW)
		@ExactlyOnceEffect(flow = "a", key = "#p0")
		public void separate(String id) {
		}

		@Transactional(propagation = Propagation.NOT_SUPPORTED)
		@ExactlyOnceEffect(flow = "b", key = "#p0")
		public void suspended(String id) {
		}

		@Transactional(propagation = Propagation.NEVER)
		@ExactlyOnceEffect(flow = "c", key = "#p0")
		public void none(String id) {
		}

		@Transactional(propagation = Propagation.NESTED)
		@ExactlyOnceEffect(flow = "d", key = "#p0")
		public void nested(String id) {
		}

		@Transactional(propagation = Propagation.SUPPORTS)
		@ExactlyOnceEffect(flow = "e", key = "#p0")
		public void supported(String id) {
		}

	}

	@Transactional(readOnly = true)
	static class ReadOnly {

		@ExactlyOnceEffect(flow = "a", key = "#p0")
		public void handle(String id) {
		}

	}

	static class Fine {

		@Transactional(timeout = 5, noRollbackFor = IllegalStateException.class)
		@ExactlyOnceEffect(flow = "a", key = "#p0")
		public void handle(String id) {
		}

		@Transactional(propagation = Propagation.MANDATORY)
		@ExactlyOnceEffect(flow = "b", key = "#p0")
		public void mandatory(String id) {
		}

	}

	static class Bare {

		@ExactlyOnceEffect(flow = "a", key = "#p0")
		public void handle(String id) {
		}

	}

	static class Qualified {

		@Transactional("second")
		@ExactlyOnceEffect(flow = "a", key = "#p0")
		public void handle(String id) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Second {

		@Bean
		MemoryH2 secondDatabase() {
			return MemoryH2.open();
		}

		@Bean(defaultCandidate = false)
		JdbcTransactionManager second(MemoryH2 secondDatabase) {
			return new JdbcTransactionManager(secondDatabase.unpooled());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SecondIsPrimary {

		@Bean(defaultCandidate = false)
		MemoryH2 secondDatabase() {
			return MemoryH2.open();
		}

		@Bean
		@Primary
		JdbcTransactionManager second() {
			return new JdbcTransactionManager(MemoryH2.open().unpooled());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyManager {

		@Bean
		PlatformTransactionManager transactionManager(DataSource dataSource) {
			return new JdbcTransactionManager(new LazyConnectionDataSourceProxy(dataSource));
		}

	}

}
