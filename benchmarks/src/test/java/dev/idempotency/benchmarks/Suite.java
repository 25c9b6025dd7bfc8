// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs every measurement on one set of servers. Variants take turns, round by round.
 */
final class Suite {

	private Suite() {
	}

	/**
	 * Measures.
	 * @return the report, Markdown
	 */
	static String run(Scale scale) throws Exception {
		try (Environment environment = Environment.start()) {
			Report report = new Report(scale, environment);
			List<Measurement> measurements = List.of(new ListenerMeasurement(environment, scale.records()),
					new TransactionMeasurement(environment, scale.transactions()),
					new DrainMeasurement(environment, scale.backlog()));
			for (Measurement measurement : measurements) {
				report.add(measurement, measure(measurement, scale));
			}
			return report.toString();
		}
	}

	private static Map<String, Series> measure(Measurement measurement, Scale scale) throws Exception {
		Map<String, List<Double>> rates = new LinkedHashMap<>();
		List<Variant> variants = measurement.variants();
		for (int round = 1; round <= scale.warmUps() + scale.rounds(); round++) {
			for (Variant variant : variants) {
				variant.prepare().run();
				long start = System.nanoTime();
				variant.work().run();
				double seconds = (double) (System.nanoTime() - start) / TimeUnit.SECONDS.toNanos(1);
				if (round > scale.warmUps()) {
					rates.computeIfAbsent(variant.name(), (name) -> new ArrayList<>())
						.add(measurement.operations() / seconds);
				}
			}
			measurement.verify(round);
		}
		Map<String, Series> series = new LinkedHashMap<>();
		rates.forEach((name, values) -> series.put(name, new Series(values)));
		return series;
	}

}
