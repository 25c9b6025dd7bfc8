// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.time.Duration;

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
		this.registry.getListenerContainers().forEach(this::pause);
	}

	private void pause(MessageListenerContainer container) {
		Awaitility.await()
			.atMost(TIMEOUT)
			.until(() -> container.getAssignedPartitions() != null && !container.getAssignedPartitions().isEmpty());
		container.pause();
		Awaitility.await().atMost(TIMEOUT).until(container::isContainerPaused);
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
