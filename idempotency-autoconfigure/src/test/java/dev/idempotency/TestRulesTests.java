// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency;

import com.tngtech.archunit.core.domain.JavaModifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/**
 * How tests are written here; a class that the runners would not pick up is the worst of
 * them.
 */
class TestRulesTests {

	@Test
	void testsLiveWhereTheRunnersLook() {
		methods().that()
			.areAnnotatedWith(Test.class)
			.or()
			.areAnnotatedWith(ParameterizedTest.class)
			.should()
			.beDeclaredInClassesThat()
			.haveNameMatching(".*(Tests|IT|\\.Abstract[^.$]*)([$].*)?")
			.check(House.TESTS);
	}

	@Test
	void testClassesAndMethodsAreHidden() {
		classes().that()
			.haveSimpleNameEndingWith("Tests")
			.or()
			.haveSimpleNameEndingWith("IT")
			.should()
			.notBePublic()
			.check(House.TESTS);
		methods().that().areAnnotatedWith(Test.class).should().notBePublic().check(House.TESTS);
	}

	@Test
	void assertionsAreAssertJ() {
		noClasses().should()
			.dependOnClassesThat()
			.haveNameMatching("org\\.junit\\.jupiter\\.api\\.Assertions|org\\.hamcrest\\..*|org\\.junit\\.Assert")
			.check(House.TESTS);
	}

}
