// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SharedKafkaIT {

	@Test
	void topicsOfTheSamePurposeDiffer() throws Exception {
		String first = SharedKafka.newTopic("orders", 1);
		String second = SharedKafka.newTopic("orders", 3);
		try (Admin admin = Admin
			.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, SharedKafka.bootstrapServers()))) {
			assertThat(admin.describeTopics(Set.of(first, second)).allTopicNames().get(30, TimeUnit.SECONDS)).hasSize(2)
				.hasEntrySatisfying(second, (topic) -> assertThat(topic.partitions()).hasSize(3));
		}
	}

	@Test
	void givenBrokerIsUsedInPlaceOfOneOfOurOwn() {
		System.setProperty("idempotency.test.kafka", "broker.example:9092");
		try {
			assertThat(SharedKafka.bootstrapServers()).isEqualTo("broker.example:9092");
		}
		finally {
			System.clearProperty("idempotency.test.kafka");
		}
	}

}
