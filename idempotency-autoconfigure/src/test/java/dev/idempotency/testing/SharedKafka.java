// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.util.UUID;

/**
 * One Kafka broker for all tests of this JVM: the one whose bootstrap servers are given
 * by {@code idempotency.test.kafka}, else a {@link KafkaProcess} that is started at first
 * use and ends with the JVM.
 */
public final class SharedKafka {

	private SharedKafka() {
	}

	public static String bootstrapServers() {
		String external = TestSettings.find("kafka");
		return (external != null) ? external : Started.KAFKA.bootstrapServers();
	}

	/**
	 * Creates a topic that no other test uses.
	 * @param purpose becomes part of the name
	 * @return the name of the topic
	 */
	public static String newTopic(String purpose, int partitions) {
		String name = purpose + "-" + UUID.randomUUID();
		KafkaProcess.createTopic(bootstrapServers(), name, partitions);
		return name;
	}

	private static final class Started {

		static final KafkaProcess KAFKA = KafkaProcess.started();

	}

}
