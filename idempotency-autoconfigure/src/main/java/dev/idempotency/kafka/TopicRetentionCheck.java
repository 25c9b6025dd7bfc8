// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.Semantics;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares how long a flow remembers with how long its topics can deliver again. A broker
 * that does not answer in time is noted in the catalogue and delays the start no longer
 * than that.
 */
public final class TopicRetentionCheck {

	private static final Logger logger = LoggerFactory.getLogger(TopicRetentionCheck.class);

	private final Broker broker;

	/**
	 * Creates the check.
	 * @param adminProperties how to reach the broker
	 * @param timeout the longest it may take
	 */
	public TopicRetentionCheck(Map<String, Object> adminProperties, Duration timeout) {
		this((topics) -> ask(adminProperties, timeout, topics));
	}

	TopicRetentionCheck(Broker broker) {
		this.broker = broker;
	}

	/**
	 * Checks the listeners of effects.
	 * @param listeners listeners with their remarks, which are added to
	 * @param report takes contradictions
	 */
	void check(Map<InspectedListener, List<String>> listeners, Report report) {
		Set<String> topics = new TreeSet<>();
		listeners.keySet().stream().filter(TopicRetentionCheck::remembers).forEach((it) -> topics.addAll(it.topics()));
		if (topics.isEmpty()) {
			return;
		}
		Map<String, TopicRetention> found = ask(topics);
		listeners.forEach((listener, remarks) -> {
			if (remembers(listener)) {
				listener.topics().forEach((topic) -> compare(listener, topic, found, report, remarks));
			}
		});
	}

	private Map<String, TopicRetention> ask(Collection<String> topics) {
		try {
			return this.broker.retentions(topics);
		}
		catch (TimeoutException | KafkaException ex) {
			logger.info("The retention of topics {} could not be asked for: {}", topics, ex.toString());
			return Map.of();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return Map.of();
		}
	}

	private static void compare(InspectedListener listener, String topic, Map<String, TopicRetention> found,
			Report report, List<String> remarks) {
		TopicRetention retention = found.get(topic);
		Duration remembered = listener.policy().retention();
		if (retention == null) {
			remarks.add("retention of topic " + topic + " unknown, not compared");
		}
		else if (retention.unlimited()) {
			remarks.add("topic " + topic + " may keep records for ever: a replay of what is older than " + remembered
					+ " is applied again");
		}
		else if (remembered.compareTo(retention.longest()) < 0) {
			report.add(new Contradiction(listener.where(),
					"retention " + remembered + " of flow '" + listener.flow().name() + "'",
					"at least " + retention.longest() + ": topic " + topic + " can deliver a record again for "
							+ "retention.ms + segment.ms, and later ones would be applied twice",
					"Set idempotency.flows." + listener.flow().name() + ".retention=" + retention.longest()
							+ " or more, or lower retention.ms and segment.ms of the topic"));
		}
	}

	private static boolean remembers(InspectedListener listener) {
		return listener.is(Semantics.EFFECTIVELY_ONCE);
	}

	private static Map<String, TopicRetention> ask(Map<String, Object> properties, Duration timeout,
			Collection<String> topics) throws InterruptedException, TimeoutException {
		Map<String, Object> bounded = new HashMap<>(properties);
		int millis = Math.toIntExact(timeout.toMillis());
		bounded.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
		bounded.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
		List<ConfigResource> resources = topics.stream()
			.map((topic) -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
			.toList();
		Admin admin = Admin.create(bounded);
		try {
			Map<String, TopicRetention> retentions = new HashMap<>();
			for (var answer : admin.describeConfigs(resources).values().entrySet()) {
				put(retentions, answer.getKey().name(), answer.getValue(), timeout);
			}
			return retentions;
		}
		finally {
			admin.close(Duration.ZERO);
		}
	}

	/**
	 * All topics are asked at once, and the client gives up on each after the same time.
	 */
	private static void put(Map<String, TopicRetention> retentions, String topic, KafkaFuture<Config> answer,
			Duration timeout) throws InterruptedException, TimeoutException {
		try {
			retentions.put(topic, TopicRetention.of(answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS)));
		}
		catch (ExecutionException ex) {
			logger.info("Topic {} did not tell its retention: {}", topic, String.valueOf(ex.getCause()));
		}
	}

	/**
	 * Who knows how long topics keep records.
	 */
	@FunctionalInterface
	interface Broker {

		Map<String, TopicRetention> retentions(Collection<String> topics) throws InterruptedException, TimeoutException;

	}

}
