// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.time.Duration;
import java.util.Collection;
import java.util.function.Predicate;

import org.awaitility.Awaitility;

import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * Holds listeners back until it is their turn: joined to their group, but paused.
 */
final class Listeners {

	private static final Duration TIMEOUT = Duration.ofMinutes(5);

	private final KafkaListenerEndpointRegistry registry;

	private final Commits commits;

	Listeners(Environment environment) {
		this.registry = environment.bean(KafkaListenerEndpointRegistry.class);
		this.commits = environment.bean(Commits.class);
	}

	void pause() {
		Collection<MessageListenerContainer> containers = this.registry.getListenerContainers();
		await((container) -> container.getAssignedPartitions() != null && !container.getAssignedPartitions().isEmpty());
		containers.forEach(MessageListenerContainer::pause);
		await(MessageListenerContainer::isContainerPaused);
	}

	private void await(Predicate<MessageListenerContainer> state) {
		Awaitility.await().atMost(TIMEOUT).until(() -> this.registry.getListenerContainers().stream().allMatch(state));
	}

	/**
	 * Lets one listener go and waits until its group acknowledged a topic up to an
	 * offset.
	 */
	void drain(String listener, String topic, long offset) throws Exception {
		MessageListenerContainer container = this.registry.getListenerContainer(listener);
		if (container == null) {
			throw new IllegalStateException("No listener " + listener);
		}
		if (this.commits.reached(listener, topic, offset)) {
			throw new IllegalStateException("Nothing of " + topic + " is left for " + listener);
		}
		container.resume();
		this.commits.await(listener, topic, offset, TIMEOUT);
	}

}
