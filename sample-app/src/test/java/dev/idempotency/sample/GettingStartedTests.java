// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Code in the documentation is code of the sample.
 */
class GettingStartedTests {

	private static final Path ROOT = Path.of("..");

	private static final Pattern SNIPPET = Pattern.compile("<!-- (\\S+) -->\\n```java\\n(.*?)```", Pattern.DOTALL);

	@Test
	void everyListingIsInTheFileItNames() throws IOException {
		Matcher snippets = SNIPPET.matcher(Files.readString(ROOT.resolve("docs/getting-started.md")));
		List<String> files = new ArrayList<>();
		while (snippets.find()) {
			files.add(snippets.group(1));
			assertThat(withoutSpace(Files.readString(ROOT.resolve(snippets.group(1))))).as(snippets.group(1))
				.contains(withoutSpace(snippets.group(2)));
		}
		assertThat(files).hasSize(4);
	}

	private static String withoutSpace(String code) {
		return code.replaceAll("\\s+", "");
	}

}
