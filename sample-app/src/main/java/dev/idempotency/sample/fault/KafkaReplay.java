// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.fault;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;

import dev.idempotency.sample.messaging.Channels;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.stereotype.Component;

/**
 * Sets consumer groups back to the beginning of the topic, as an operator would for a
 * back-fill.
 */
@Component
class KafkaReplay {

	private final KafkaListenerEndpointRegistry listeners;

	private final KafkaAdmin kafka;

	private final RetryTemplate untilGroupIsEmpty = new RetryTemplate(
			RetryPolicy.builder().maxRetries(20).delay(Duration.ofMillis(250)).build());

	KafkaReplay(KafkaListenerEndpointRegistry listeners, KafkaAdmin kafka) {
		this.listeners = listeners;
		this.kafka = kafka;
	}

	/**
	 * Has every listener of the topic see everything again.
	 * @return how many records each will see again, at most
	 */
	Map<String, Long> everything() {
		Map<String, Long> sent = new TreeMap<>();
		for (MessageListenerContainer container : this.listeners.getListenerContainers()) {
			String[] topics = container.getContainerProperties().getTopics();
			String id = container.getListenerId();
			if (topics != null && List.of(topics).contains(Channels.ORDER_CREATED) && id != null) {
				sent.put(id, fromTheBeginning(id));
			}
		}
		return sent;
	}

	/**
	 * Has a listener see everything again.
	 * @param listenerId the listener, whose id is its group
	 * @return how many records it will see again, at most
	 */
	private long fromTheBeginning(String listenerId) {
		MessageListenerContainer container = this.listeners.getListenerContainer(listenerId);
		if (container == null) {
			throw new FaultException("No Kafka listener '" + listenerId + "'");
		}
		container.stop();
		try (Admin admin = Admin.create(this.kafka.getConfigurationProperties())) {
			Map<TopicPartition, Long> begin = offsets(admin, OffsetSpec.earliest());
			Map<TopicPartition, Long> end = offsets(admin, OffsetSpec.latest());
			Map<TopicPartition, OffsetAndMetadata> reset = new HashMap<>();
			begin.forEach((partition, offset) -> reset.put(partition, new OffsetAndMetadata(offset)));
			this.untilGroupIsEmpty.execute(() -> admin.alterConsumerGroupOffsets(listenerId, reset).all().get());
			return sum(end) - sum(begin);
		}
		catch (RetryException | ExecutionException ex) {
			throw new FaultException("Group '" + listenerId + "' could not be set back; "
					+ "does another instance still consume with it?", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new FaultException("Interrupted while setting back group '" + listenerId + "'", ex);
		}
		finally {
			container.start();
		}
	}

	private Map<TopicPartition, Long> offsets(Admin admin, OffsetSpec spec)
			throws ExecutionException, InterruptedException {
		Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
		for (TopicDescription topic : admin.describeTopics(List.of(Channels.ORDER_CREATED))
			.allTopicNames()
			.get()
			.values()) {
			topic.partitions()
				.forEach((partition) -> wanted.put(new TopicPartition(topic.name(), partition.partition()), spec));
		}
		Map<TopicPartition, Long> offsets = new HashMap<>();
		admin.listOffsets(wanted).all().get().forEach((partition, info) -> offsets.put(partition, info.offset()));
		return offsets;
	}

	private static long sum(Map<TopicPartition, Long> offsets) {
		return offsets.values().stream().mapToLong(Long::longValue).sum();
	}

}
