// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Listings are copies of code that compiles.
 */
class DocumentationTests {

	private static final Pattern LISTING = Pattern.compile("<!-- (\\S+) -->\\n```java\\n(.*?)```", Pattern.DOTALL);

	private static final Pattern NAME = Pattern.compile("[A-Z*]\\w+[*\\w]*(Tests|IT|Contract|\\*)|\\b[a-z]+[A-Z]\\w+");

	@Test
	void everyListingIsInTheFileItNames() {
		List<Path> guides = guides();
		assertThat(guides).isNotEmpty();
		for (Path guide : guides) {
			LISTING.matcher(House.text(guide)).results().forEach((listing) -> {
				Path source = House.root().resolve(listing.group(1));
				assertThat(withoutSpace(House.text(source))).as("%s of %s", source, guide)
					.contains(withoutSpace(listing.group(2)));
			});
		}
	}

	@Test
	void everyListingNamesItsFile() {
		for (Path guide : guides()) {
			String text = House.text(guide);
			assertThat(LISTING.matcher(text).results().count()).as("listings of %s with the file they are in", guide)
				.isEqualTo(text.lines().filter("```java"::equals).count());
		}
	}

	/**
	 * A name of a test may stand for several by {@code *}, that of a method may be cut
	 * off by an ellipsis.
	 */
	@Test
	void everyAttackNamesTestsThatExist() {
		List<Path> tests = House.sources("test");
		String sources = String.join("\n", tests.stream().map(House::text).toList());
		List<String> rows = House.text(House.root().resolve("docs/attack-tests.md"))
			.lines()
			.filter((line) -> line.startsWith("| "))
			.toList();
		assertThat(rows).hasSizeGreaterThan(60);
		for (String row : rows) {
			NAME.matcher(row.substring(row.lastIndexOf(" | "))).results().map(MatchResult::group).forEach((name) -> {
				if (Character.isLowerCase(name.charAt(0))) {
					assertThat(sources).as(row).contains("void " + name);
				}
				else {
					assertThat(tests).as("%s in %s", name, row)
						.anyMatch(
								(file) -> file.getFileName().toString().matches(name.replace("*", "\\w*") + "\\.java"));
				}
			});
		}
	}

	private static List<Path> guides() {
		try (Stream<Path> files = Files.walk(House.root().resolve("docs"))) {
			return files.filter((file) -> file.toString().endsWith(".md")).toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String withoutSpace(String code) {
		return code.replaceAll("\\s+", "");
	}

}
