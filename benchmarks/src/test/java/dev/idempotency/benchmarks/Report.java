// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.apache.kafka.common.utils.AppInfoParser;

/**
 * The figures as Markdown.
 */
final class Report {

	private final List<String> lines = new ArrayList<>();

	Report(Scale scale, Environment environment) {
		this.lines.add("Rounds: " + scale.rounds() + " after " + scale.warmUps() + " that was not counted. Processors: "
				+ Runtime.getRuntime().availableProcessors() + ". Java " + Runtime.version() + ". PostgreSQL "
				+ environment.ask("show server_version") + " (fsync " + environment.ask("show fsync")
				+ ", synchronous_commit " + environment.ask("show synchronous_commit") + ", shared_buffers "
				+ environment.ask("show shared_buffers") + "). Kafka " + AppInfoParser.getVersion()
				+ ", one broker, topics of one partition.");
		this.lines.add("Load average of the last minute: " + load() + " at the beginning");
		this.lines.add("");
		this.lines.add("| variant | median/s | min .. max | ratio | min .. max |");
		this.lines.add("| --- | --- | --- | --- | --- |");
	}

	void add(Measurement measurement, Map<String, Series> series) {
		Series base = series.values().iterator().next();
		this.lines.add("| **" + measurement.title() + "**, " + measurement.unit() + ", " + measurement.operations()
				+ " per round (load " + load() + " at the end) | | | | |");
		series.forEach((name, rates) -> this.lines
			.add("| " + name + " | " + rates.format("%.0f") + " | " + rates.dividedBy(base).format("%.2f") + " |"));
	}

	private static String load() {
		return String.format(Locale.ROOT, "%.1f", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
	}

	@Override
	public String toString() {
		return String.join("\n", this.lines) + "\n";
	}

}
