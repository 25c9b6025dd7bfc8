// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency;

import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaParameter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Spring Boot's own rules for auto-configurations, as far as they concern a starter.
 */
class AutoConfigurationRulesTests {

	private static final Set<Class<?>> HARMLESS_EARLY = Set.of(ObjectProvider.class, Environment.class,
			BeanFactory.class, ApplicationContext.class);

	/**
	 * Hibernate is not tested with; RabbitMQ moves there in Spring Boot 4.2.
	 */
	private static final Set<String> NOT_ON_THE_PATH = Set.of(
			"org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration",
			"org.springframework.boot.rabbitmq.autoconfigure.RabbitAutoConfiguration");

	@Test
	void autoConfigurationsArePublicAndFinalWithoutPublicMembers() {
		classes().that()
			.areAnnotatedWith(AutoConfiguration.class)
			.should()
			.bePublic()
			.andShould()
			.haveModifier(JavaModifier.FINAL)
			.andShould(haveNoPublicMembers())
			.allowEmptyShould(true)
			.check(House.MAIN);
	}

	@Test
	void everyAutoConfigurationIsListed() {
		List<String> listed = House.lines("META-INF/spring/" + AutoConfiguration.class.getName() + ".imports");
		assertThat(House.MAIN.stream().filter((type) -> type.isAnnotatedWith(AutoConfiguration.class)))
			.extracting(JavaClass::getName)
			.containsExactlyInAnyOrderElementsOf(listed);
	}

	@Test
	void everyAutoConfigurationNamedForItsOrderExists() {
		assertThat(House.MAIN.stream().filter((type) -> type.isAnnotatedWith(AutoConfiguration.class)))
			.map((type) -> type.getAnnotationOfType(AutoConfiguration.class))
			.flatMap((order) -> Stream.concat(Stream.of(order.afterName()), Stream.of(order.beforeName())).toList())
			.filteredOn((name) -> !NOT_ON_THE_PATH.contains(name))
			.allMatch((name) -> ClassUtils.isPresent(name, null));
	}

	@Test
	void everyFailureAnalyzerIsRegisteredAndHidden() {
		noClasses().that()
			.areAssignableTo(FailureAnalyzer.class)
			.should()
			.bePublic()
			.allowEmptyShould(true)
			.check(House.MAIN);
		Properties factories = House.properties("META-INF/spring.factories");
		String registered = factories.getProperty(FailureAnalyzer.class.getName(), "");
		assertThat(House.MAIN.stream()
			.filter((type) -> type.isAssignableTo(FailureAnalyzer.class))
			.filter((type) -> !type.getModifiers().contains(JavaModifier.ABSTRACT))).extracting(JavaClass::getName)
			.containsExactlyInAnyOrderElementsOf(
					Stream.of(registered.split(",")).map(String::trim).filter((name) -> !name.isEmpty()).toList());
	}

	@Test
	void conditionsAreHidden() {
		noClasses().that()
			.areAssignableTo(Condition.class)
			.should()
			.bePublic()
			.allowEmptyShould(true)
			.check(House.MAIN);
	}

	@Test
	void nestedConfigurationsAreNotProxied() {
		classes().that()
			.areAnnotatedWith(Configuration.class)
			.should(be("unproxied", (type) -> !type.getAnnotationOfType(Configuration.class).proxyBeanMethods()))
			.allowEmptyShould(true)
			.check(House.MAIN);
	}

	@Test
	void beanMethodsAreNeitherPublicNorPrivate() {
		methods().that()
			.areAnnotatedWith(Bean.class)
			.should()
			.notBePublic()
			.andShould()
			.notBePrivate()
			.allowEmptyShould(true)
			.check(House.MAIN);
	}

	@Test
	void conditionsOnClassesStandOnClasses() {
		methods().that()
			.areAnnotatedWith(Bean.class)
			.should()
			.notBeAnnotatedWith(ConditionalOnClass.class)
			.allowEmptyShould(true)
			.check(House.MAIN);
	}

	@Test
	void postProcessorsAreStaticAndPullNothingInEarly() {
		methods().that()
			.areAnnotatedWith(Bean.class)
			.and(describe("return a post-processor", AutoConfigurationRulesTests::returnsPostProcessor))
			.should()
			.beStatic()
			.andShould(takeOnlyHarmlessParameters())
			.allowEmptyShould(true)
			.check(House.MAIN);
	}

	private static boolean returnsPostProcessor(JavaMethod method) {
		return method.getRawReturnType().isAssignableTo(BeanPostProcessor.class)
				|| method.getRawReturnType().isAssignableTo(BeanFactoryPostProcessor.class);
	}

	private static ArchCondition<JavaMethod> takeOnlyHarmlessParameters() {
		return be("free of eager dependencies",
				(method) -> method.getParameters().stream().allMatch(AutoConfigurationRulesTests::isHarmless));
	}

	private static boolean isHarmless(JavaParameter parameter) {
		return parameter.isAnnotatedWith(Lazy.class)
				|| HARMLESS_EARLY.stream().anyMatch((type) -> parameter.getRawType().isAssignableTo(type))
				|| isMadeOfHarmlessParts(parameter.getRawType());
	}

	private static boolean isMadeOfHarmlessParts(JavaClass type) {
		List<JavaMethod> factories = House.MAIN.stream()
			.flatMap((found) -> found.getMethods().stream())
			.filter((method) -> method.isAnnotatedWith(Bean.class) && method.getRawReturnType().equals(type))
			.toList();
		return !factories.isEmpty() && factories.stream()
			.allMatch((method) -> method.getModifiers().contains(JavaModifier.STATIC)
					&& method.getParameters().stream().allMatch(AutoConfigurationRulesTests::isHarmless));
	}

	private static ArchCondition<JavaClass> haveNoPublicMembers() {
		return be("without public members",
				(type) -> type.getMembers()
					.stream()
					.map(JavaMember::getModifiers)
					.noneMatch((modifiers) -> modifiers.contains(JavaModifier.PUBLIC)));
	}

	private static <T> ArchCondition<T> be(String what, Predicate<T> predicate) {
		return new ArchCondition<>("be " + what) {

			@Override
			public void check(T item, ConditionEvents events) {
				events.add(new SimpleConditionEvent(item, predicate.test(item), item + " is not " + what));
			}

		};
	}

}
