// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Every measurement, by the name {@code benchmarks.only} takes.
 */
final class Catalogue {

	private static final Set<String> LONG = Set.of("backlog", "big-inbox");

	private static final Map<String, Maker> MAKERS = makers();

	private Catalogue() {
	}

	private static Map<String, Maker> makers() {
		Map<String, Maker> makers = new LinkedHashMap<>();
		makers.put("listener", ListenerMeasurement::records);
		makers.put("batch-listener", ListenerMeasurement::batches);
		makers.put("transaction", TransactionMeasurement::new);
		makers.put("log", LogMeasurement::new);
		makers.put("inbox-log", InboxLogMeasurement::new);
		makers.put("drain", DrainMeasurement::kafka);
		makers.put("rabbit-drain", DrainMeasurement::rabbit);
		makers.put("open-transaction", OpenTransactionMeasurement::new);
		makers.put("latency", LatencyMeasurement::new);
		makers.put("http", HttpMeasurement::new);
		makers.put("external", ExternalMeasurement::new);
		makers.put("cache", MemoryMeasurement::new);
		makers.put("backlog", BacklogMeasurement::new);
		makers.put("big-inbox", BigInboxMeasurement::new);
		return makers;
	}

	/**
	 * What is to be measured: a list of names, {@code all}, or, for an empty text, all
	 * that does not take long.
	 */
	static List<String> names(String only) {
		if (only.isBlank()) {
			return MAKERS.keySet().stream().filter((name) -> !LONG.contains(name)).toList();
		}
		if (only.equals("all")) {
			return List.copyOf(MAKERS.keySet());
		}
		List<String> names = Arrays.stream(only.split(",")).map(String::trim).toList();
		names.stream().filter((name) -> !MAKERS.containsKey(name)).findFirst().ifPresent((name) -> {
			throw new IllegalArgumentException("No measurement '" + name + "', there are " + MAKERS.keySet());
		});
		return names;
	}

	static Measurement make(String name, Environment environment, Scale scale) {
		return MAKERS.get(name).make(environment, scale);
	}

	@FunctionalInterface
	private interface Maker {

		Measurement make(Environment environment, Scale scale);

	}

}
