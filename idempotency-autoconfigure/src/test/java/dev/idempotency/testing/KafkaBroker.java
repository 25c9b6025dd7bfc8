// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.nio.file.Files;
import java.nio.file.Path;

import kafka.Kafka;
import kafka.tools.StorageTool;

/**
 * Main class of a {@link KafkaProcess}: formats the storage at the first start, then runs
 * the broker.
 */
public final class KafkaBroker {

	private KafkaBroker() {
	}

	/**
	 * Runs a broker.
	 * @param arguments the properties file, the directory of the storage and the cluster
	 * id
	 */
	public static void main(String... arguments) {
		String properties = arguments[0];
		if (!Files.exists(Path.of(arguments[1], "meta.properties"))) {
			String[] format = { "format", "--config", properties, "--cluster-id", arguments[2], "--standalone" };
			int result = StorageTool.execute(format, System.err);
			if (result != 0) {
				throw new IllegalStateException("Formatting the storage of " + properties + " failed: " + result);
			}
		}
		Kafka.main(new String[] { properties });
	}

}
