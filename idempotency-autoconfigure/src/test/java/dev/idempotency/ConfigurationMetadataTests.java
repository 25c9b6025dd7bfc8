// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.idempotency.autoconfigure.IdempotencyProperties;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every property says what it is for, in the words Spring Boot asks for, and stands in
 * the reference; the reference names no property that doesn't exist.
 */
class ConfigurationMetadataTests {

	private static final Pattern DOCUMENTED = Pattern.compile("^\\| *`([a-z][a-z0-9.<>\\[\\]-]+)` *\\|",
			Pattern.MULTILINE);

	private static final Pattern MAP = Pattern.compile("java\\.util\\.Map<java\\.lang\\.String,(.+)>");

	/** What a message calls a setting of a flow whose name it puts in. */
	private static final Pattern SETTING_OF_A_FLOW = Pattern
		.compile("idempotency\\.flows\\.\"\\s*\\+[^\"]+\\+\\s*\"\\.([a-z-]+)");

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
	void theReferenceNamesEveryPropertyAndInventsNone() {
		assertThat(documented()).containsExactlyInAnyOrderElementsOf(
				properties().stream().flatMap(ConfigurationMetadataTests::keys).toList());
	}

	@Test
	void messagesNameSettingsOfFlowsThatExist() {
		List<String> settings = Arrays.stream(IdempotencyProperties.FlowSettings.class.getRecordComponents())
			.map((component) -> DataObjectPropertyName.toDashedForm(component.getName()))
			.toList();
		List<String> named = House.sources("main")
			.stream()
			.flatMap((source) -> SETTING_OF_A_FLOW.matcher(House.text(source)).results())
			.map((setting) -> setting.group(1))
			.toList();
		assertThat(named).hasSizeGreaterThan(10).isSubsetOf(settings);
	}

	/**
	 * The metadata ends at a map; what its values are made of is read from their type.
	 */
	private static Stream<String> keys(JsonNode property) {
		Matcher map = MAP.matcher(property.path("type").asString(""));
		if (!map.matches()) {
			return Stream.of(name(property));
		}
		Class<?> values = ClassUtils.resolveClassName(map.group(1), null);
		return keys(name(property) + ".*", values);
	}

	private static Stream<String> keys(String prefix, Class<?> type) {
		return !type.isRecord() ? Stream.of(prefix) : Arrays.stream(type.getRecordComponents())
			.flatMap((component) -> keys(prefix + "." + DataObjectPropertyName.toDashedForm(component.getName()),
					component.getType()));
	}

	private static String name(JsonNode property) {
		return property.path("name").asString();
	}

	private static List<JsonNode> properties() {
		String metadata = String.join("\n", House.lines("META-INF/spring-configuration-metadata.json"));
		return metadata.isEmpty() ? List.of()
				: List.copyOf(JsonMapper.shared().readTree(metadata).path("properties").values());
	}

	private static List<String> documented() {
		return DOCUMENTED.matcher(House.text(REFERENCE))
			.results()
			.map((result) -> result.group(1).replaceAll("<[a-z-]+>", "*"))
			.toList();
	}

}
