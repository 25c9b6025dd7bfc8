// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.flow.FlowPolicies;
import dev.idempotency.inbox.ExternalPolicies;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Checks every bean with annotated methods: once all singletons exist, and later ones
 * when they are created. Looks at classes where a bean does not exist yet, and creates
 * none.
 */
final class EffectValidator implements BeanPostProcessor, SmartInitializingSingleton {

	private static final Logger logger = LoggerFactory.getLogger(EffectValidator.class);

	private final ConfigurableListableBeanFactory beans;

	private final EffectMethods methods;

	private final EffectFlows flows;

	private final EffectRule advisable = new AdvisableRule();

	private final EffectRule proxied = new ProxyRule();

	private final List<EffectRule> rules;

	private final Set<Class<?>> sound = ConcurrentHashMap.newKeySet();

	private volatile boolean started;

	EffectValidator(ConfigurableListableBeanFactory beans, EffectMethods methods, EffectTransactions transactions,
			EffectFlows flows, Supplier<FlowPolicies> policies) {
		this.beans = beans;
		this.methods = methods;
		this.flows = flows;
		this.rules = List.of(new DeclarationRule(), this.advisable, new TransactionRule(transactions),
				new ExternalRule(transactions, () -> beans.getBeanProvider(ExternalPolicies.class).getIfAvailable()),
				new ModeRule(policies), new ListenerRule(), new SelfInvocationRule(), new FlowNames(), this.proxied);
	}

	/**
	 * Speaks up before the proxy of a final class fails with an error that names nothing.
	 */
	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		Class<?> type = AopProxyUtils.ultimateTargetClass(bean);
		if (AdvisableRule.isClosed(type)) {
			EffectBean closed = new EffectBean(beanName, type, null);
			List<Contradiction> contradictions = new ArrayList<>();
			methods(closed).forEach((method) -> this.advisable.check(closed, method, contradictions::add));
			throwIfAny(contradictions);
		}
		return bean;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (this.started) {
			boolean maybeReplaced = this.beans.containsBean(beanName) && this.beans.isSingleton(beanName);
			throwIfAny(check(
					new EffectBean(beanName, AopProxyUtils.ultimateTargetClass(bean), maybeReplaced ? null : bean)));
		}
		return bean;
	}

	@Override
	public void afterSingletonsInstantiated() {
		Set<String> names = new LinkedHashSet<>(Arrays.asList(this.beans.getBeanDefinitionNames()));
		names.addAll(Arrays.asList(this.beans.getSingletonNames()));
		List<Contradiction> contradictions = new ArrayList<>();
		for (String name : names) {
			EffectBean bean = find(name);
			if (bean != null) {
				contradictions.addAll(check(bean));
			}
		}
		throwIfAny(contradictions);
		this.started = true;
	}

	private @Nullable EffectBean find(String name) {
		if (this.beans.containsBeanDefinition(ScopedProxyUtils.getTargetBeanName(name))) {
			return null;
		}
		Object instance = this.beans.getSingleton(name);
		if (instance != null && !(instance instanceof FactoryBean)) {
			return new EffectBean(name, AopProxyUtils.ultimateTargetClass(instance), instance);
		}
		if (this.beans.containsBeanDefinition(name) && this.beans.getMergedBeanDefinition(name).isAbstract()) {
			return null;
		}
		Class<?> type = this.beans.getType(name, false);
		return (type != null) ? new EffectBean(name, type, null) : null;
	}

	/**
	 * What a class is sound in needs no second look when its next instance is made.
	 */
	private List<Contradiction> check(EffectBean bean) {
		List<EffectRule> applicable = this.sound.contains(bean.type()) ? List.of(this.proxied) : this.rules;
		List<Contradiction> contradictions = new ArrayList<>();
		List<EffectMethod> annotated = methods(bean);
		for (EffectMethod method : annotated) {
			applicable.forEach((rule) -> rule.check(bean, method, contradictions::add));
		}
		if (contradictions.isEmpty() && !annotated.isEmpty() && this.sound.add(bean.type())) {
			annotated.forEach(this.flows::add);
		}
		return contradictions;
	}

	private List<EffectMethod> methods(EffectBean bean) {
		try {
			List<EffectMethod> sorted = new ArrayList<>(this.methods.of(bean.type()).values());
			sorted.sort(Comparator.comparing(EffectMethod::location));
			return sorted;
		}
		catch (IllegalStateException | LinkageError ex) {
			logger.debug("Bean '{}' has methods that cannot be read, so it is not proxied either", bean.name(), ex);
			return List.of();
		}
	}

	private static void throwIfAny(List<Contradiction> contradictions) {
		if (!contradictions.isEmpty()) {
			throw new ContradictionException(contradictions.stream().distinct().toList());
		}
	}

}
