// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.context.properties.ConfigurationPropertiesBean;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.context.ApplicationContext;

/**
 * Refuses properties below {@code idempotency} that nothing reads: what is misspelt would
 * stay as it is by default. Environment variables and system properties are left out, as
 * Spring Boot does where it looks for such, because theirs cannot be told from what
 * others put there.
 */
final class UnknownProperties implements SmartInitializingSingleton {

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("idempotency");

	/** What is read only where its part of the library is in use. */
	private static final Set<String> PARTS = Set.of("external", "outbox", "rabbit", "signing", "tokens", "web",
			"webhooks");

	private final ApplicationContext context;

	UnknownProperties(ApplicationContext context) {
		this.context = context;
	}

	@Override
	public void afterSingletonsInstantiated() {
		Known known = new Known();
		ConfigurationPropertiesBean.getAll(this.context).values().forEach((bean) -> read(bean, known));
		Map<String, String> unknown = new TreeMap<>();
		UnboundElementsSourceFilter filter = new UnboundElementsSourceFilter();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.context.getEnvironment())) {
			if (source instanceof IterableConfigurationPropertySource names && filter.apply(source)) {
				names.stream()
					.filter((name) -> ROOT.isAncestorOf(name) && !known.contains(name))
					.map(source::getConfigurationProperty)
					.filter((property) -> property != null && !"".equals(property.getValue()))
					.forEach((property) -> unknown.putIfAbsent(property.getName().toString(),
							String.valueOf(property.getOrigin())));
			}
		}
		if (!unknown.isEmpty()) {
			throw new UnknownPropertiesException(unknown);
		}
	}

	/**
	 * What somebody else binds is theirs, whatever it is.
	 */
	private void read(ConfigurationPropertiesBean bean, Known known) {
		ConfigurationPropertyName prefix = ConfigurationPropertyName.adapt(bean.getAnnotation().prefix(), '.');
		Class<?> type = bean.asBindTarget().getType().resolve(Object.class);
		if (type.getPackageName().startsWith(UnknownProperties.class.getPackageName())) {
			Binder.get(this.context.getEnvironment()).bind(prefix, Bindable.of(type), known);
		}
		else if (ROOT.isAncestorOf(prefix)) {
			known.others.add(prefix);
		}
	}

	/**
	 * What was asked for, and what of it was there.
	 */
	private static final class Known extends AbstractBindHandler {

		private final Set<ConfigurationPropertyName> bound = new HashSet<>();

		private final Set<String> parts = new HashSet<>();

		private final Set<ConfigurationPropertyName> others = new HashSet<>();

		@Override
		public <T> Bindable<T> onStart(ConfigurationPropertyName name, Bindable<T> target, BindContext context) {
			if (name.getNumberOfElements() > 1) {
				this.parts.add(part(name));
			}
			return target;
		}

		@Override
		public Object onSuccess(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
				Object result) {
			this.bound.add(name);
			return result;
		}

		boolean contains(ConfigurationPropertyName name) {
			return isBound(name) || this.others.stream().anyMatch((other) -> other.isAncestorOf(name))
					|| PARTS.contains(part(name)) && !this.parts.contains(part(name));
		}

		private boolean isBound(ConfigurationPropertyName name) {
			return this.bound.contains(name) || name.isLastElementIndexed() && this.bound.contains(name.getParent());
		}

		private static String part(ConfigurationPropertyName name) {
			return name.getElement(1, ConfigurationPropertyName.Form.UNIFORM);
		}

	}

}
