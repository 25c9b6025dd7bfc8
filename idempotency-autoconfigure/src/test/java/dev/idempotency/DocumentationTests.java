// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Listings are copies of code that compiles.
 */
class DocumentationTests {

	private static final Pattern LISTING = Pattern.compile("<!-- (\\S+) -->\\n```java\\n(.*?)```", Pattern.DOTALL);

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
