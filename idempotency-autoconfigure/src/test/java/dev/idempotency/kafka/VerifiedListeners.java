// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.concurrent.CompletableFuture;

import org.springframework.kafka.annotation.KafkaHandler;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.annotation.RetryableTopic;

/**
 * Listeners, good and bad.
 */
final class VerifiedListeners {

	private VerifiedListeners() {
	}

	static class Orders {

		@KafkaListener(id = "orders", idIsGroup = false, topics = "orders-topic")
		void on(String order) {
		}

	}

	static class Handled {

		@KafkaListener(id = "orders", idIsGroup = false, topics = "orders-topic", errorHandler = "extra")
		void on(String order) {
		}

	}

	static class Later {

		@KafkaListener(id = "orders", idIsGroup = false, topics = "orders-topic")
		CompletableFuture<Void> on(String order) {
			return CompletableFuture.completedFuture(null);
		}

	}

	static class Shared {

		@KafkaListener(id = "shared", topics = "orders-topic", containerFactory = "shareFactory")
		void on(String order) {
		}

	}

	static class Retried {

		@RetryableTopic
		@KafkaListener(id = "retried", idIsGroup = false, topics = "orders-topic")
		void on(String order) {
		}

	}

	static class TwoGroups {

		@KafkaListener(id = "a", groupId = "one", topics = "orders-topic")
		void one(String order) {
		}

		@KafkaListener(id = "b", groupId = "two", topics = "orders-topic")
		void two(String order) {
		}

	}

	@KafkaListener(id = "handlers", idIsGroup = false, topics = "orders-topic")
	static class Handlers {

		@KafkaHandler
		void text(String order) {
		}

		@KafkaHandler
		void number(Integer order) {
		}

	}

}
