// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.Outcome;
import dev.idempotency.sli.FlowSli;
import dev.idempotency.sli.IdempotencyMeters;
import dev.idempotency.sli.IdempotencyObservations;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The reference of what can be observed names all there is, and nothing else.
 */
class ObservabilityReferenceTests {

	private static final Pattern NAME = Pattern.compile("`([^`]+)`");

	private static final Pattern PART = Pattern.compile("case \"([a-z-]+)\" ->");

	private static final Pattern OPERATION = Pattern.compile("\"([a-z-]+) ([a-z-]+)\"");

	private static final Set<Class<?>> COUNTED_BY_MORE_THAN_THEIR_NAME = Set.of(EffectEvent.Completed.class,
			EffectEvent.Handled.class, EffectEvent.Lost.class, EffectEvent.Shadowed.class);

	private static final Set<Class<?>> COUNTED_ELSEWHERE = Set.of(EffectEvent.Claimed.class,
			EffectEvent.Delivered.class, EffectEvent.Retried.class, EffectEvent.Token.class,
			EffectEvent.ModeChanged.class);

	@Test
	void everyMeterAndObservationIsThere() {
		assertThat(names("meter")).containsExactlyInAnyOrderElementsOf(
				Arrays.stream(IdempotencyMeters.values()).map(IdempotencyMeters::getName).toList());
		assertThat(names("observation")).containsExactlyInAnyOrderElementsOf(
				Arrays.stream(IdempotencyObservations.values()).map(IdempotencyObservations::getName).toList());
	}

	@Test
	void everyResultIsThere() {
		Stream<String> byName = Arrays.stream(EffectEvent.class.getPermittedSubclasses())
			.filter((event) -> !COUNTED_BY_MORE_THAN_THEIR_NAME.contains(event) && !COUNTED_ELSEWHERE.contains(event))
			.map((event) -> event.getSimpleName().replaceAll("(?<=.)(?=[A-Z])", "_").toLowerCase(Locale.ROOT));
		Stream<String> byValue = Stream
			.of(values("", Outcome.values()), values("lost_", EffectEvent.Loss.values()),
					values("shadow_", EffectEvent.Shadowed.Verdict.values()), Stream.of("handled", "handled_again"))
			.flatMap((each) -> each);
		assertThat(names("result")).containsExactlyInAnyOrderElementsOf(Stream.concat(byName, byValue).toList());
	}

	@Test
	void everyIndicatorIsThere() {
		assertThat(names("indicator")).containsExactlyInAnyOrderElementsOf(
				Arrays.stream(FlowSli.class.getRecordComponents()).map((component) -> component.getName()).toList());
	}

	@Test
	void everyPartAndOperationOfTheEndpointIsThere() {
		List<String> parts = PART.matcher(source("IdempotencyEndpoint"))
			.results()
			.map((part) -> part.group(1))
			.toList();
		assertThat(names("part")).isNotEmpty().containsExactlyInAnyOrderElementsOf(parts);
		List<MatchResult> operations = OPERATION.matcher(source("OperatorAction")).results().toList();
		assertThat(operations).isNotEmpty();
		for (MatchResult operation : operations) {
			assertThat(rows("part")).filteredOn((row) -> row.startsWith("| `" + operation.group(1) + "`"))
				.singleElement()
				.asString()
				.contains("`" + operation.group(2) + "`");
		}
	}

	private static Stream<String> values(String prefix, Enum<?>[] values) {
		return Arrays.stream(values).map((value) -> prefix + value.name().toLowerCase(Locale.ROOT));
	}

	private static String source(String type) {
		return House.sources("main")
			.stream()
			.filter((file) -> file.endsWith(type + ".java"))
			.map(House::text)
			.findFirst()
			.orElseThrow();
	}

	private static List<String> names(String column) {
		return rows(column).stream()
			.map((row) -> row.substring(0, row.indexOf(" |")))
			.flatMap((cell) -> NAME.matcher(cell).results().map((name) -> name.group(1)))
			.toList();
	}

	private static List<String> rows(String column) {
		return House.text(House.root().resolve("docs/reference/observability.md"))
			.lines()
			.dropWhile((line) -> !line.startsWith("| " + column + " |"))
			.takeWhile((line) -> line.startsWith("|"))
			.skip(2)
			.toList();
	}

}
