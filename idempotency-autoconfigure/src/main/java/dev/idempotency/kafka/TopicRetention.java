// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Duration;

import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.TopicConfig;

/**
 * How long a topic can deliver a record again.
 *
 * @param unlimited whether it may keep records for ever
 * @param longest the longest a record may stay: a segment is deleted when its last record
 * is old enough, and takes new records for as long as {@code segment.ms}
 */
record TopicRetention(boolean unlimited, Duration longest) {

	static TopicRetention of(Config config) {
		long retention = number(config, TopicConfig.RETENTION_MS_CONFIG);
		long segment = number(config, TopicConfig.SEGMENT_MS_CONFIG);
		ConfigEntry policy = config.get(TopicConfig.CLEANUP_POLICY_CONFIG);
		boolean deletes = policy == null || policy.value() == null
				|| policy.value().contains(TopicConfig.CLEANUP_POLICY_DELETE);
		boolean compacts = policy != null && policy.value() != null
				&& policy.value().contains(TopicConfig.CLEANUP_POLICY_COMPACT);
		boolean unlimited = retention < 0 || !deletes || compacts;
		return new TopicRetention(unlimited,
				unlimited ? Duration.ZERO : Duration.ofMillis(retention).plusMillis(Math.max(0, segment)));
	}

	private static long number(Config config, String name) {
		ConfigEntry entry = config.get(name);
		return (entry != null && entry.value() != null) ? Long.parseLong(entry.value()) : -1;
	}

}
