// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs measurements on one set of servers. Variants take turns, round by round, and each
 * round begins with another of them.
 */
final class Suite {

	private Suite() {
	}

	/**
	 * Measures.
	 * @param names what to measure
	 * @param scale how much of it
	 * @return the report, Markdown
	 */
	static String run(List<String> names, Scale scale) throws Exception {
		try (Environment environment = Environment.start(names)) {
			Report report = new Report(scale, environment);
			for (String name : names) {
				if (name.startsWith("rabbit") && !environment.hasRabbit()) {
					report.leftOut(name, "no RabbitMQ answered");
					continue;
				}
				Measurement measurement = Catalogue.make(name, environment, scale);
				report.add(name, measurement, measure(measurement, scale));
			}
			return report.toString();
		}
	}

	/**
	 * By variant, a series for each figure.
	 */
	private static Map<String, List<Series>> measure(Measurement measurement, Scale scale) throws Exception {
		List<Variant> variants = measurement.variants();
		Map<String, List<List<Double>>> values = new LinkedHashMap<>();
		variants.forEach((variant) -> values.put(variant.name(), new ArrayList<>()));
		int warmUps = measurement.warmUps(scale.warmUps());
		for (int round = 1; round <= warmUps + scale.rounds(); round++) {
			measurement.prepare();
			for (Variant variant : turns(variants, measurement.fixed(), round)) {
				variant.prepare().run();
				List<Double> measured = variant.work().run();
				if (round > warmUps) {
					values.get(variant.name()).add(measured);
				}
			}
			measurement.verify(round);
		}
		Map<String, List<Series>> series = new LinkedHashMap<>();
		values.forEach((name, rounds) -> series.put(name, Series.transpose(rounds)));
		return series;
	}

	private static List<Variant> turns(List<Variant> variants, int fixed, int round) {
		List<Variant> turns = new ArrayList<>(variants);
		Collections.rotate(turns.subList(0, turns.size() - fixed), 1 - round);
		return turns;
	}

}
