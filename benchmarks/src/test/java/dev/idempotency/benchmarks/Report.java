// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.apache.kafka.common.utils.AppInfoParser;

/**
 * The figures as Markdown, one table for each of a measurement's figures.
 */
final class Report {

	private final List<String> lines = new ArrayList<>();

	private String loadBefore = Machine.load();

	Report(Scale scale, Environment environment) {
		this.lines.add("Rounds: " + scale.rounds() + " after " + scale.warmUps() + " not counted, sizes x "
				+ scale.factor() + ". " + Machine.description() + ". PostgreSQL " + environment.settings() + ". Kafka "
				+ AppInfoParser.getVersion() + ", one broker in a process of its own, topics of one partition.");
	}

	void leftOut(String name, String why) {
		this.lines.add("");
		this.lines.add("### `" + name + "`: left out, " + why);
	}

	void add(String name, Measurement measurement, Map<String, List<Series>> series) {
		String load = Machine.load();
		this.lines.add("");
		this.lines.add("### `" + name + "`: " + measurement.title());
		this.lines.add("");
		this.lines.add(measurement.work() + ". Load average " + this.loadBefore + " before, " + load + " behind.");
		this.loadBefore = load;
		for (int figure = 0; figure < measurement.figures().size(); figure++) {
			table(measurement, series, figure);
		}
	}

	private void table(Measurement measurement, Map<String, List<Series>> series, int at) {
		Figure figure = measurement.figures().get(at);
		this.lines.add("");
		this.lines.add("| " + figure.unit() + " | median | min .. max | ratio | min .. max | target |");
		this.lines.add("| --- | --- | --- | --- | --- | --- |");
		String first = measurement.variants().get(0).name();
		for (Variant variant : measurement.variants()) {
			String base = (variant.base() != null) ? variant.base() : first;
			Series values = series.get(variant.name()).get(at);
			Series ratio = values.dividedBy(series.get(base).get(at));
			this.lines.add("| " + variant.name() + " | " + values.format(figure.format()) + " | "
					+ (variant.name().equals(base) ? " | " : ratio.format("%.2f")) + " | "
					+ target(variant, base.equals(first) ? "" : " of " + base, figure, at, ratio) + " |");
		}
	}

	private static String target(Variant variant, String of, Figure figure, int at, Series ratio) {
		if (variant.targets().size() <= at) {
			return of.trim();
		}
		double target = variant.targets().get(at);
		boolean met = figure.moreIsBetter() ? ratio.median() >= target : ratio.median() <= target;
		return String.format(Locale.ROOT, "%s %.2f%s: %s", figure.moreIsBetter() ? "≥" : "≤", target, of,
				met ? "met" : "missed");
	}

	@Override
	public String toString() {
		return String.join("\n", this.lines) + "\n";
	}

}
