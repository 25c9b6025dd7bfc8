// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency;

import java.util.Optional;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.conditions.ArchConditions.callCodeUnitWhere;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

/**
 * What no line of the library does, wherever it stands.
 */
class CodingRulesTests {

	@Test
	void timeIsPassedIn() {
		noClasses().should(callCodeUnitWhere(readsTheWallClock())).check(House.MAIN);
	}

	@Test
	void clockIsMadeInTheWiring() {
		noClasses().that()
			.resideOutsideOfPackage(House.BASE + ".autoconfigure..")
			.should(callCodeUnitWhere(call("make a clock", "java.time.Clock", "system.*")))
			.check(House.MAIN);
	}

	@Test
	void nobodySleeps() {
		DescribedPredicate<JavaCall<?>> sleeps = call("sleep", "java.lang.Thread|java.util.concurrent.TimeUnit",
				"sleep");
		noClasses().should(callCodeUnitWhere(sleeps)).check(House.MAIN);
		noClasses().should(callCodeUnitWhere(sleeps)).check(House.TESTS);
	}

	@Test
	void nobodyPrints() {
		noClasses().should()
			.accessField(System.class, "out")
			.orShould()
			.accessField(System.class, "err")
			.check(House.MAIN);
		noClasses().should(callCodeUnitWhere(call("print a stack trace", ".*", "printStackTrace"))).check(House.MAIN);
	}

	@Test
	void nothingIsOptionalInAField() {
		noFields().should().haveRawType(Optional.class).check(House.MAIN);
	}

	@Test
	void lettersAreFoldedInTheRootLocale() {
		noClasses().should()
			.callMethod(String.class, "toLowerCase")
			.orShould()
			.callMethod(String.class, "toUpperCase")
			.because("the default locale may be Turkish: pass Locale.ROOT")
			.check(House.MAIN);
	}

	private static DescribedPredicate<JavaCall<?>> readsTheWallClock() {
		DescribedPredicate<JavaCall<?>> now = call("", "java\\.time\\..*", "now")
			.and(DescribedPredicate.describe("", (call) -> call.getTarget().getRawParameterTypes().isEmpty()));
		DescribedPredicate<JavaCall<?>> millis = call("", "java.lang.System", "currentTimeMillis");
		DescribedPredicate<JavaCall<?>> date = call("", "java.util.Date", "<init>");
		return now.or(millis).or(date).as("read the wall clock");
	}

	private static DescribedPredicate<JavaCall<?>> call(String what, String owner, String name) {
		return DescribedPredicate.describe(what,
				(call) -> call.getTargetOwner().getName().matches(owner) && call.getName().matches(name));
	}

}
