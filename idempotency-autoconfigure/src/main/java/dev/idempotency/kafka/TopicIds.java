// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/**
 * Asks the broker which topic a name stands for now: one that is deleted and made again
 * has another id, and its offsets begin anew.
 */
public final class TopicIds implements AutoCloseable {

	private final Map<String, Object> properties;

	private final Duration timeout;

	private @Nullable Admin admin;

	/**
	 * Creates the questioner; connects when first asked.
	 * @param adminProperties how to reach the broker
	 * @param timeout how long to wait for an answer
	 */
	public TopicIds(Map<String, Object> adminProperties, Duration timeout) {
		this.properties = new HashMap<>(adminProperties);
		this.timeout = timeout;
		int millis = Math.toIntExact(timeout.toMillis());
		this.properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
		this.properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
	}

	/**
	 * The ids of topics.
	 * @throws KafkaException if the broker does not tell
	 */
	Map<String, Uuid> of(Collection<String> topics) {
		Map<String, Uuid> ids = new HashMap<>();
		for (TopicDescription topic : get(admin().describeTopics(Set.copyOf(topics)).allTopicNames()).values()) {
			if (topic.topicId().equals(Uuid.ZERO_UUID)) {
				throw new UnsupportedVersionException("the broker gives topics no ids");
			}
			ids.put(topic.name(), topic.topicId());
		}
		return ids;
	}

	/**
	 * Why the ids of topics cannot be had, now or later.
	 * @return the reason, {@code null} if there is none or it may pass
	 */
	@Nullable String refusal(Collection<String> topics) {
		try {
			of(topics);
			return null;
		}
		catch (AuthorizationException | UnsupportedVersionException ex) {
			return "the ids of its topics cannot be had (" + ex.getMessage() + ")";
		}
		catch (KafkaException ex) {
			return null;
		}
	}

	/**
	 * Those of some topics that keep only the last record of a key, as far as the broker
	 * tells.
	 */
	Set<String> compacted(Collection<String> topics) {
		Set<String> compacted = new HashSet<>();
		List<ConfigResource> resources = topics.stream()
			.map((topic) -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
			.toList();
		try {
			get(admin().describeConfigs(resources).all()).forEach((topic, config) -> {
				if (String.valueOf(config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value())
					.contains(TopicConfig.CLEANUP_POLICY_COMPACT)) {
					compacted.add(topic.name());
				}
			});
		}
		catch (KafkaException ex) {
			return Set.of();
		}
		return compacted;
	}

	private synchronized Admin admin() {
		Admin known = this.admin;
		if (known == null) {
			known = Admin.create(this.properties);
			this.admin = known;
		}
		return known;
	}

	private <T> T get(KafkaFuture<T> answer) {
		try {
			return answer.get(this.timeout.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof KafkaException kafka) ? kafka
					: new KafkaException("The broker did not answer", ex.getCause());
		}
		catch (TimeoutException ex) {
			throw new org.apache.kafka.common.errors.TimeoutException("The broker did not answer in time", ex);
		}
		catch (InterruptedException ex) {
			throw new InterruptException(ex);
		}
	}

	@Override
	public synchronized void close() {
		if (this.admin != null) {
			this.admin.close(Duration.ZERO);
			this.admin = null;
		}
	}

}
