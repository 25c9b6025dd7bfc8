// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.context.properties.ConfigurationProperties;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every property says what it is for, in the words Spring Boot asks for, and stands in
 * the reference; the reference names no property that doesn't exist.
 */
class ConfigurationMetadataTests {

	private static final Pattern DOCUMENTED = Pattern.compile("^\\| *`([a-z][a-z0-9.<>\\[\\]-]+)` *\\|",
			Pattern.MULTILINE);

	private static final Path REFERENCE = House.root().resolve("docs/reference/configuration.md");

	@Test
	void metadataIsGeneratedWhereThereAreProperties() {
		boolean hasProperties = House.MAIN.stream()
			.anyMatch((type) -> type.isAnnotatedWith(ConfigurationProperties.class));
		assertThat(properties().isEmpty()).isEqualTo(!hasProperties);
	}

	@Test
	void everyPropertyIsDescribed() {
		assertThat(properties()).filteredOn((property) -> !property.path("description").asString("").endsWith("."))
			.extracting(ConfigurationMetadataTests::name)
			.isEmpty();
	}

	@Test
	void descriptionsUseTheWordsOfSpringBoot() {
		assertThat(properties()).filteredOn((property) -> {
			String description = property.path("description").asString("");
			boolean article = description.startsWith("The ") || description.startsWith("A ")
					|| description.startsWith("An ");
			boolean flag = property.path("type").asString("").equals(Boolean.class.getName());
			return article || (flag && !description.startsWith("Whether ") && !description.startsWith("Enable "));
		}).extracting(ConfigurationMetadataTests::name).isEmpty();
	}

	@Test
	void theReferenceNamesEveryProperty() {
		Set<String> documented = documented();
		List<String> missing = properties().stream()
			.map(ConfigurationMetadataTests::name)
			.filter((name) -> documented.stream().noneMatch((key) -> covers(key, name)))
			.toList();
		assertThat(Files.exists(REFERENCE) ? missing : List.of()).isEmpty();
	}

	@Test
	void theReferenceInventsNoProperty() {
		Set<String> known = new TreeSet<>(properties().stream().map(ConfigurationMetadataTests::name).toList());
		assertThat(documented()).filteredOn((key) -> known.stream().noneMatch((name) -> covers(key, name))).isEmpty();
	}

	private static boolean covers(String key, String name) {
		return key.equals(name) || key.startsWith(name + ".<") || key.startsWith(name + "[");
	}

	private static String name(JsonNode property) {
		return property.path("name").asString();
	}

	private static List<JsonNode> properties() {
		String metadata = String.join("\n", House.lines("META-INF/spring-configuration-metadata.json"));
		return metadata.isEmpty() ? List.of()
				: List.copyOf(JsonMapper.shared().readTree(metadata).path("properties").values());
	}

	private static Set<String> documented() {
		Set<String> keys = new TreeSet<>();
		if (Files.exists(REFERENCE)) {
			DOCUMENTED.matcher(House.text(REFERENCE)).results().forEach((result) -> keys.add(result.group(1)));
		}
		return keys;
	}

}
