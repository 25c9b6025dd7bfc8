// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.state;

import java.util.Map;
import java.util.TreeMap;

import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import org.jspecify.annotations.Nullable;

/**
 * A meter as it stands.
 *
 * @param name its name
 * @param description what it says, if it does
 * @param tags its tags
 * @param values its measurements by statistic, times in seconds
 */
record MeterReading(String name, @Nullable String description, Map<String, String> tags, Map<String, Double> values) {

	static MeterReading of(Meter meter) {
		Map<String, String> tags = new TreeMap<>();
		meter.getId().getTags().forEach((tag) -> tags.put(tag.getKey(), tag.getValue()));
		Map<String, Double> values = new TreeMap<>();
		for (Measurement measurement : meter.measure()) {
			double value = measurement.getValue();
			if (Double.isFinite(value)) {
				values.put(measurement.getStatistic().getTagValueRepresentation(), value);
			}
		}
		return new MeterReading(meter.getId().getName(), meter.getId().getDescription(), tags, values);
	}

}
