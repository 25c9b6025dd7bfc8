// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Duration;
import java.util.List;

import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class TopicRetentionTests {

	@Test
	void segmentKeepsItsRecordsUntilTheLastOfThemIsOld() {
		TopicRetention retention = retention("delete", "1000", "500");
		assertThat(retention.unlimited()).isFalse();
		assertThat(retention.longest()).isEqualTo(Duration.ofMillis(1500));
	}

	@ParameterizedTest
	@CsvSource({ "delete,-1", "compact,1000", "'compact,delete',1000" })
	void recordsMayStayForEver(String policy, String retention) {
		assertThat(retention(policy, retention, "500").unlimited()).isTrue();
	}

	private static TopicRetention retention(String policy, String retention, String segment) {
		return TopicRetention.of(new Config(List.of(new ConfigEntry("cleanup.policy", policy),
				new ConfigEntry("retention.ms", retention), new ConfigEntry("segment.ms", segment))));
	}

}
