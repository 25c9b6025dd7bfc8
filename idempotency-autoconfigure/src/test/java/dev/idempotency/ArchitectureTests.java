// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The walls between the packages: they are tests, not modules.
 */
class ArchitectureTests {

	private static final List<String> PURE = List.of("effect", "inbox", "outbox", "relay", "flow", "delivery", "token");

	private static final List<String> ADAPTERS = List.of("kafka", "amqp", "web");

	private static final Map<String, List<String>> MAY_USE = mayUse();

	static Collection<Map.Entry<String, List<String>>> walls() {
		return MAY_USE.entrySet();
	}

	private static Map<String, List<String>> mayUse() {
		Map<String, List<String>> table = new LinkedHashMap<>();
		table.put("effect", List.of());
		table.put("flow", List.of("effect"));
		table.put("inbox", List.of("effect"));
		table.put("outbox", List.of("effect"));
		table.put("relay", List.of("outbox", "flow"));
		table.put("delivery", List.of("effect", "flow", "outbox"));
		table.put("token", List.of("effect"));
		table.put("effect.aop", PURE);
		table.put("jdbc", PURE);
		table.put("json", List.of("effect", "outbox"));
		table.put("kafka", PURE);
		table.put("amqp", PURE);
		table.put("web", PURE);
		table.put("web.webhook", Stream.concat(PURE.stream(), Stream.of("web")).toList());
		table.put("sli", PURE);
		table.put("actuate", Stream.concat(PURE.stream(), Stream.of("sli")).toList());
		return table;
	}

	@ParameterizedTest
	@MethodSource("walls")
	void packageUsesOnlyWhatIsBelowIt(Map.Entry<String, List<String>> wall) {
		String[] allowed = Stream.concat(Stream.of(wall.getKey()), wall.getValue().stream())
			.map(ArchitectureTests::named)
			.toArray(String[]::new);
		noClasses().that(resideInAPackage(named(wall.getKey())))
			.should()
			.dependOnClassesThat(resideInAPackage(House.BASE + "..").and(not(resideInAnyPackage(allowed))))
			.allowEmptyShould(true)
			.check(House.MAIN);
	}

	@Test
	void everyPackageHasItsPlaceInTheTable() {
		assertThat(House.MAIN.stream().map(JavaClass::getPackageName).distinct())
			.allMatch((name) -> name.startsWith(named("autoconfigure"))
					|| MAY_USE.containsKey(name.substring(House.BASE.length() + 1)));
	}

	@Test
	void pureCoreReachesTheJdkAndTwoAnnotationLibraries() {
		String[] pure = PURE.stream().map(ArchitectureTests::named).toArray(String[]::new);
		classes().that()
			.resideInAnyPackage(pure)
			.should()
			.onlyDependOnClassesThat(resideInAnyPackage(pure)
				.or(resideInAnyPackage("java..", "javax.crypto..", "org.jspecify..", "org.slf4j..")))
			.check(House.MAIN);
	}

	@Test
	void pureCoreReachesNoDatabase() {
		noClasses().that()
			.resideInAnyPackage(PURE.stream().map(ArchitectureTests::named).toArray(String[]::new))
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("java.sql..", "javax.sql..")
			.check(House.MAIN);
	}

	@Test
	void onlyWiringReachesSpringBoot() {
		noClasses().that(not(resideInAnyPackage(named("autoconfigure.."), named("actuate"))).and(not(detector())))
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.springframework.boot..")
			.check(House.MAIN);
	}

	@Test
	void detectorReachesOnlyTheContractOfSpringBoot() {
		noClasses().that(detector())
			.should()
			.dependOnClassesThat(resideInAPackage("org.springframework.boot..")
				.and(not(resideInAPackage("org.springframework.boot.sql.init.dependency"))))
			.allowEmptyShould(true)
			.check(House.MAIN);
	}

	@Test
	void countingReachesNoSpring() {
		noClasses().that()
			.resideInAPackage(named("sli"))
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.springframework..")
			.allowEmptyShould(true)
			.check(House.MAIN);
	}

	@ParameterizedTest
	@ValueSource(strings = { "kafka: org.apache.kafka.., org.springframework.kafka..",
			"amqp: com.rabbitmq.., org.springframework.amqp..",
			"web: jakarta.servlet.., org.springframework.web.., reactor..", "json: tools.jackson..",
			"jdbc: org.flywaydb.., org.postgresql.., org.springframework.jdbc.core.." })
	void librariesAreReachedByTheirOwnAdapter(String line) {
		String adapter = line.substring(0, line.indexOf(':'));
		String[] libraries = Arrays.stream(line.substring(adapter.length() + 1).split(","))
			.map(String::trim)
			.toArray(String[]::new);
		noClasses()
			.that(not(resideInAnyPackage(named(adapter + ".."), named("autoconfigure"),
					named("autoconfigure." + adapter + ".."), named("autoconfigure.actuate.."))))
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage(libraries)
			.check(House.MAIN);
	}

	@Test
	void wiringOfAnAdapterSeesNoOtherAdapter() {
		for (String adapter : ADAPTERS) {
			String[] others = ADAPTERS.stream()
				.filter((other) -> !other.equals(adapter))
				.flatMap((other) -> Stream.of(named(other + ".."), named("autoconfigure." + other + "..")))
				.toArray(String[]::new);
			noClasses().that()
				.resideInAPackage(named("autoconfigure." + adapter + ".."))
				.should()
				.dependOnClassesThat()
				.resideInAnyPackage(others)
				.allowEmptyShould(true)
				.check(House.MAIN);
		}
	}

	@Test
	void packagesAreFreeOfCycles() {
		slices().matching(House.BASE + ".(**)").should().beFreeOfCycles().check(House.MAIN);
	}

	@Test
	void adviceHasAtMostOnePublicType() {
		assertThat(House.mainTopLevelTypes()).filteredOn(resideInAPackage(named("effect.aop")))
			.filteredOn((type) -> type.getModifiers().contains(JavaModifier.PUBLIC))
			.hasSizeLessThanOrEqualTo(1);
	}

	@Test
	void everyPackageIsNullMarked() {
		assertThat(House.MAIN.getPackage(House.BASE).getSubpackagesInTree())
			.filteredOn((found) -> !found.getClasses().isEmpty())
			.allMatch(ArchitectureTests::isNullMarked);
	}

	private static boolean isNullMarked(JavaPackage found) {
		return found.tryGetAnnotationOfType(NullMarked.class).isPresent();
	}

	private static DescribedPredicate<JavaClass> detector() {
		return resideInAPackage(named("jdbc")).and(nameMatching(".*DatabaseInitializerDetector"));
	}

	private static String named(String name) {
		return House.BASE + "." + name;
	}

}
