// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.Map;

import javax.sql.DataSource;

import dev.idempotency.flow.ContradictionException;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.kafka.transaction.KafkaTransactionManager;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.aop.framework.ProxyFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.mock;

class TransactionManagersTests {

	private final DataSource dataSource = new SimpleDriverDataSource();

	@Test
	void managerOfTheDataSourceIsTaken() {
		JdbcTransactionManager manager = new JdbcTransactionManager(this.dataSource);
		assertThat(owner(Map.of("jdbc", manager))).isSameAs(manager);
	}

	@Test
	void kafkaManagerAloneIsRefusedByName() {
		assertThatExceptionOfType(ContradictionException.class)
			.isThrownBy(() -> owner(Map.of("kafkaTransactionManager", kafka())))
			.satisfies((ex) -> assertThat(ex.contradictions()).singleElement().satisfies((contradiction) -> {
				assertThat(contradiction.found())
					.isEqualTo("'kafkaTransactionManager' (" + KafkaTransactionManager.class.getName() + ")");
				assertThat(contradiction.needed()).startsWith("a manager that owns the inbox's DataSource");
				assertThat(contradiction.fix()).contains("Declare a JdbcTransactionManager", "KafkaTransactionManager");
			}));
	}

	@Test
	void noManagerIsRefused() {
		assertThatExceptionOfType(ContradictionException.class).isThrownBy(() -> owner(Map.of()))
			.withMessageContaining("Transaction manager of the inbox: found none");
	}

	@Test
	void ownerIsFoundBesideAKafkaManager() {
		JdbcTransactionManager manager = new JdbcTransactionManager(this.dataSource);
		assertThat(owner(Map.of("kafka", kafka(), "jdbc", manager))).isSameAs(manager);
	}

	@Test
	void twoOwnersAndNoPrimaryOneAreRefused() {
		assertThatExceptionOfType(ContradictionException.class)
			.isThrownBy(() -> owner(Map.of("a", new JdbcTransactionManager(this.dataSource), "b",
					new JdbcTransactionManager(this.dataSource))))
			.withMessageContaining("needed one, or a primary one")
			.withMessageContaining("@Primary");
	}

	@Test
	void primaryOwnerIsTakenFromTwo() {
		DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
		for (String name : new String[] { "a", "b" }) {
			RootBeanDefinition definition = new RootBeanDefinition(JdbcTransactionManager.class,
					() -> new JdbcTransactionManager(this.dataSource));
			definition.setPrimary(name.equals("b"));
			beans.registerBeanDefinition(name, definition);
		}
		assertThat(new TransactionManagers(beans, () -> this.dataSource).owner()).isSameAs(beans.getBean("b"));
	}

	@Test
	void managerThatTellsItsDataSourceByAGetterIsTaken() {
		PlatformTransactionManager manager = new JpaLike(this.dataSource);
		assertThat(owner(Map.of("jpa", manager))).isSameAs(manager);
	}

	@Test
	void proxiedManagerIsTaken() {
		ProxyFactory factory = new ProxyFactory(new JdbcTransactionManager(this.dataSource));
		PlatformTransactionManager manager = (PlatformTransactionManager) factory.getProxy();
		assertThat(owner(Map.of("jdbc", manager))).isSameAs(manager);
	}

	@Test
	void inboxOnATransactionAwareProxyBelongsToTheTargetsManager() {
		TransactionManagers managers = managers(Map.of("jdbc", new JdbcTransactionManager(this.dataSource)),
				new TransactionAwareDataSourceProxy(this.dataSource));
		assertThat(managers.owner()).isNotNull();
		assertThat(managers.resource()).isSameAs(this.dataSource);
	}

	@Test
	void managerOfALazyProxyBindsAnotherConnectionAndIsRefused() {
		assertThatExceptionOfType(ContradictionException.class)
			.isThrownBy(() -> owner(
					Map.of("lazy", new JdbcTransactionManager(new LazyConnectionDataSourceProxy(this.dataSource)))))
			.withMessageContaining("not on a proxy around it");
	}

	@Test
	void managerAndInboxOnTheSameLazyProxyAreFine() {
		DataSource lazy = new LazyConnectionDataSourceProxy(this.dataSource);
		assertThat(managers(Map.of("lazy", new JdbcTransactionManager(lazy)), lazy).owner()).isNotNull();
	}

	private PlatformTransactionManager owner(Map<String, ? extends PlatformTransactionManager> beans) {
		return managers(beans, this.dataSource).owner();
	}

	private static TransactionManagers managers(Map<String, ? extends PlatformTransactionManager> beans,
			DataSource inbox) {
		StaticListableBeanFactory factory = new StaticListableBeanFactory();
		beans.forEach(factory::addBean);
		return new TransactionManagers(factory, () -> inbox);
	}

	private static KafkaTransactionManager<?, ?> kafka() {
		ProducerFactory<Object, Object> producers = mock();
		given(producers.transactionCapable()).willReturn(true);
		return new KafkaTransactionManager<>(producers);
	}

	/**
	 * Has the shape of JpaTransactionManager, whose resource is an entity manager
	 * factory.
	 */
	static class JpaLike implements PlatformTransactionManager {

		private final DataSource dataSource;

		JpaLike(DataSource dataSource) {
			this.dataSource = dataSource;
		}

		public DataSource getDataSource() {
			return this.dataSource;
		}

		@Override
		public TransactionStatus getTransaction(TransactionDefinition definition) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void commit(TransactionStatus status) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void rollback(TransactionStatus status) {
			throw new UnsupportedOperationException();
		}

	}

}
