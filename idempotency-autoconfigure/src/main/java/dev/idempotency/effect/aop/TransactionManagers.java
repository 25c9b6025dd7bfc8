// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.ContradictionException;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionManager;
import org.springframework.transaction.support.ResourceTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Finds the transaction manager that owns the inbox's {@code DataSource}. "The only
 * manager there is" is not good enough: Spring Boot withdraws its JDBC manager when it
 * sees a Kafka one, and claims would then be made outside of any transaction.
 */
final class TransactionManagers {

	private final ListableBeanFactory beans;

	private final Supplier<DataSource> dataSource;

	TransactionManagers(ListableBeanFactory beans, Supplier<DataSource> dataSource) {
		this.beans = beans;
		this.dataSource = dataSource;
	}

	/**
	 * The key under which a manager binds the inbox's connection to the thread.
	 */
	Object resource() {
		return resource(this.dataSource.get());
	}

	/**
	 * The manager for effects that name none.
	 * @throws ContradictionException if there is none or no telling which
	 */
	PlatformTransactionManager owner() {
		PlatformTransactionManager primary = this.beans.getBeanProvider(PlatformTransactionManager.class).getIfUnique();
		if (primary != null && owns(primary)) {
			return primary;
		}
		Map<String, PlatformTransactionManager> all = new LinkedHashMap<>(
				BeanFactoryUtils.beansOfTypeIncludingAncestors(this.beans, PlatformTransactionManager.class));
		List<PlatformTransactionManager> owners = all.values().stream().filter(this::owns).toList();
		if (owners.size() == 1) {
			return owners.get(0);
		}
		throw new ContradictionException(owners.isEmpty() ? noOwner(all) : manyOwners(all));
	}

	/**
	 * Whether a transaction of the manager is one on the inbox's database.
	 */
	boolean owns(TransactionManager manager) {
		Object target = target(manager);
		if (target instanceof ResourceTransactionManager resources
				&& resources.getResourceFactory() instanceof DataSource own) {
			return resource(own) == resource();
		}
		Method getter = ReflectionUtils.findMethod(target.getClass(), "getDataSource");
		if (target instanceof PlatformTransactionManager && getter != null
				&& DataSource.class.isAssignableFrom(getter.getReturnType())) {
			ReflectionUtils.makeAccessible(getter);
			return ReflectionUtils.invokeMethod(getter, target) instanceof DataSource own
					&& resource(own) == resource();
		}
		return false;
	}

	private Contradiction noOwner(Map<String, PlatformTransactionManager> all) {
		return new Contradiction("Transaction manager of the inbox", all.isEmpty() ? "none" : describe(all),
				"a manager that owns the inbox's DataSource (" + this.dataSource.get() + "), so that claim and "
						+ "business writes commit together",
				"Declare a JdbcTransactionManager (or JpaTransactionManager) bean on exactly that DataSource bean, not on "
						+ "a proxy around it; Spring Boot adds none when another manager, such as a "
						+ "KafkaTransactionManager, is present");
	}

	private Contradiction manyOwners(Map<String, PlatformTransactionManager> all) {
		return new Contradiction("Transaction manager of the inbox", describe(all),
				"one, or a primary one, that owns the inbox's DataSource",
				"Mark the one that business code uses @Primary, or name it in the method's @Transactional");
	}

	private static String describe(Map<String, PlatformTransactionManager> managers) {
		return managers.entrySet()
			.stream()
			.map((entry) -> "'" + entry.getKey() + "' (" + target(entry.getValue()).getClass().getName() + ")")
			.collect(Collectors.joining(", "));
	}

	private static Object target(Object candidate) {
		Object target = AopProxyUtils.getSingletonTarget(candidate);
		return (target != null) ? target(target) : candidate;
	}

	/**
	 * A transaction-aware proxy reads what its target's manager binds; any other wrapper
	 * is another resource.
	 */
	private static Object resource(DataSource dataSource) {
		Object resource = TransactionSynchronizationUtils.unwrapResourceIfNecessary(dataSource);
		Method getter = ReflectionUtils.findMethod(resource.getClass(), "getTargetDataSource");
		if (getter != null && resource.getClass().getSimpleName().startsWith("TransactionAware")) {
			@Nullable Object target = ReflectionUtils.invokeMethod(getter, resource);
			return (target instanceof DataSource inner) ? resource(inner) : resource;
		}
		return resource;
	}

}
