// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import dev.idempotency.effect.EffectTemplate;
import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.inbox.UnitOfWork;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeansException;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionManager;
import org.springframework.transaction.annotation.AnnotationTransactionAttributeSource;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.DefaultTransactionAttribute;
import org.springframework.transaction.interceptor.DelegatingTransactionAttribute;
import org.springframework.transaction.interceptor.TransactionAttribute;
import org.springframework.transaction.interceptor.TransactionAttributeSource;
import org.springframework.transaction.interceptor.TransactionInterceptor;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * Opens the transaction of an effect the way the method's own {@code @Transactional}
 * would, so that it joins instead of finding another one.
 */
final class EffectTransactions {

	private final ListableBeanFactory beans;

	private final TransactionManagers managers;

	EffectTransactions(ListableBeanFactory beans, TransactionManagers managers) {
		this.beans = beans;
		this.managers = managers;
	}

	/**
	 * What {@code @Transactional} says of the method.
	 */
	@Nullable TransactionAttribute declared(EffectMethod method, Class<?> targetClass) {
		return source().getTransactionAttribute(method.method(), targetClass);
	}

	/**
	 * The transaction of an annotated method.
	 * @throws ContradictionException if its manager is not the inbox's
	 */
	UnitOfWork unit(EffectMethod method, Class<?> targetClass) {
		TransactionAttribute declared = declared(method, targetClass);
		PlatformTransactionManager manager = (declared != null) ? manager(method, declared, targetClass)
				: this.managers.owner();
		return unit(manager, (declared != null) ? declared : defaults(), method.location());
	}

	/**
	 * The transaction of code without annotations.
	 */
	UnitOfWork unit() {
		return unit(this.managers.owner(), defaults(), EffectTemplate.class.getName());
	}

	private UnitOfWork unit(PlatformTransactionManager manager, TransactionAttribute attribute, String name) {
		return new SpringUnitOfWork(manager, new Named(attribute, name), this.managers.resource());
	}

	private PlatformTransactionManager manager(EffectMethod method, TransactionAttribute attribute,
			Class<?> targetClass) {
		TransactionManager manager;
		try {
			manager = declaredManager(attribute, targetClass);
		}
		catch (BeansException ex) {
			throw new ContradictionException(
					contradiction(method, "@Transactional without a manager (" + ex.getMessage() + ")"));
		}
		if (manager instanceof PlatformTransactionManager platform && this.managers.owns(manager)) {
			return platform;
		}
		throw new ContradictionException(
				contradiction(method, "@Transactional on transaction manager " + manager.getClass().getName()));
	}

	/**
	 * The manager Spring's own interceptor takes.
	 */
	private TransactionManager declaredManager(TransactionAttribute attribute, Class<?> targetClass) {
		if (StringUtils.hasText(attribute.getQualifier())) {
			return qualified(attribute.getQualifier());
		}
		String typeQualifier = BeanFactoryAnnotationUtils.getQualifierValue(targetClass);
		if (StringUtils.hasText(typeQualifier)) {
			try {
				return qualified(typeQualifier);
			}
			catch (NoSuchBeanDefinitionException ex) {
				return defaultManager();
			}
		}
		return defaultManager();
	}

	private TransactionManager qualified(String qualifier) {
		return BeanFactoryAnnotationUtils.qualifiedBeanOfType(this.beans, TransactionManager.class, qualifier);
	}

	private TransactionManager defaultManager() {
		TransactionInterceptor interceptor = this.beans.getBeanProvider(TransactionInterceptor.class).getIfUnique();
		TransactionManager configured = (interceptor != null) ? interceptor.getTransactionManager() : null;
		return (configured != null) ? configured : this.beans.getBean(TransactionManager.class);
	}

	private static Contradiction contradiction(EffectMethod method, String found) {
		return new Contradiction(method.location(), found,
				"the transaction manager of the inbox's DataSource, so that claim and business writes commit together",
				"Name that manager in @Transactional(\"...\") or mark it @Primary; "
						+ "an effect in another database needs an inbox there");
	}

	/**
	 * The attributes a bare {@code @Transactional} has in this application, including
	 * rollback rules set for all of it.
	 */
	private TransactionAttribute defaults() {
		TransactionAttribute defaults = source().getTransactionAttribute(ClassUtils.getMethod(Bare.class, "method"),
				Bare.class);
		return (defaults != null) ? defaults : new DefaultTransactionAttribute();
	}

	private TransactionAttributeSource source() {
		TransactionAttributeSource source = this.beans.getBeanProvider(TransactionAttributeSource.class).getIfUnique();
		return (source != null) ? source : new AnnotationTransactionAttributeSource(false);
	}

	/**
	 * Gives the transaction a name that logs and monitors show.
	 */
	private static final class Named extends DelegatingTransactionAttribute {

		private final String name;

		private Named(TransactionAttribute attribute, String name) {
			super(attribute);
			this.name = name;
		}

		@Override
		public String getName() {
			return this.name;
		}

	}

	/**
	 * Carries a bare annotation.
	 */
	static class Bare {

		@Transactional
		public void method() {
		}

	}

}
