// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is true of every source file, and of all of them together.
 */
class SourceTreeTests {

	private static final String HEADER = """
			// SPDX-License-Identifier: Apache-2.0
			// Copyright the idempotency project authors

			""";

	private static final Pattern UNWELCOME = Pattern
		.compile("(TOD[O]|FIXM[E])\\b|import (static )?[\\w.]+[.][*];|import (lombok)|@(DisplayName)\\b");

	@Test
	void everyFileBeginsWithItsLicence() {
		assertThat(allSources()).isNotEmpty();
		assertThat(allSources()).filteredOn((file) -> !House.text(file).startsWith(HEADER)).isEmpty();
	}

	@Test
	void nothingIsLeftForLaterAndNothingImportedWholesale() {
		assertThat(allSources()).filteredOn((file) -> UNWELCOME.matcher(House.text(file)).find()).isEmpty();
	}

	@Test
	void noFileIsLong() {
		assertThat(House.sources("main")).filteredOn((file) -> lines(file) > 400).isEmpty();
	}

	@Test
	void theMiddleFileIsShort() {
		List<Integer> sorted = House.sources("main")
			.stream()
			.filter((file) -> !isPackageInfo(file))
			.map(SourceTreeTests::lines)
			.sorted()
			.toList();
		assertThat(sorted.get(sorted.size() / 2)).isBetween(40, 80);
	}

	@Test
	void manyTypesAreHidden() {
		List<JavaClass> types = House.mainTopLevelTypes();
		long hidden = types.stream().filter((type) -> !type.getModifiers().contains(JavaModifier.PUBLIC)).count();
		assertThat(hidden * 100 / types.size()).as("per cent of the main types that are package-private")
			.isGreaterThanOrEqualTo(40);
	}

	private static List<Path> allSources() {
		return Stream.of("main", "test").flatMap((tree) -> House.sources(tree).stream()).toList();
	}

	private static boolean isPackageInfo(Path file) {
		return file.endsWith("package-info.java");
	}

	private static int lines(Path file) {
		return (int) House.text(file).lines().count();
	}

}
