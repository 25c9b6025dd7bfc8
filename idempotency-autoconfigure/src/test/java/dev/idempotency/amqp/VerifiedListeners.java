// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import com.rabbitmq.client.Channel;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.flow.DeliverySemantics;
import dev.idempotency.flow.Semantics;
import org.mockito.Mockito;

import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageListener;
import org.springframework.amqp.rabbit.annotation.RabbitHandler;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.scheduling.annotation.Async;

/**
 * Listeners and containers, good and bad.
 */
final class VerifiedListeners {

	private VerifiedListeners() {
	}

	static class RunningContainer extends AbstractMessageListenerContainer {

		RunningContainer() {
			setConnectionFactory(Mockito.mock());
			setQueueNames("orders");
			setMessageListener(new HandWritten());
		}

		@Override
		protected void doInitialize() {
			doStart();
		}

		@Override
		public void shutdown(Runnable callback) {
			if (callback != null) {
				callback.run();
			}
		}

	}

	static class Shipping {

		@RabbitListener(id = "ship", queues = "orders")
		@ExactlyOnceEffect(flow = "shipping")
		void ship(String order) {
		}

	}

	static class AutoAck {

		@RabbitListener(id = "ship", queues = "orders", ackMode = "NONE")
		@ExactlyOnceEffect(flow = "shipping")
		void ship(String order) {
		}

	}

	static class Direct {

		@RabbitListener(id = "ship", queues = "orders", containerFactory = "direct")
		@ExactlyOnceEffect(flow = "shipping")
		void ship(String order) {
		}

	}

	static class Batch {

		@RabbitListener(id = "ship", queues = "orders")
		@ExactlyOnceEffect(flow = "shipping")
		void ship(List<String> orders) {
		}

	}

	static class Handled {

		@RabbitListener(id = "ship", queues = "orders", errorHandler = "forgiving")
		@ExactlyOnceEffect(flow = "shipping")
		void ship(String order) {
		}

	}

	static class Later {

		@RabbitListener(id = "ship", queues = "orders")
		@ExactlyOnceEffect(flow = "shipping")
		CompletableFuture<Void> ship(String order) {
			return CompletableFuture.completedFuture(null);
		}

	}

	static class AsyncShipping {

		@Async
		@RabbitListener(id = "ship", queues = "orders")
		@ExactlyOnceEffect(flow = "shipping")
		void ship(String order) {
		}

	}

	static class AsyncAnalytics {

		@Async
		@RabbitListener(id = "analytics", queues = "orders")
		@DeliverySemantics(value = Semantics.AT_LEAST_ONCE, rationale = "counts may be off by a few")
		void count(String order) {
		}

	}

	static class Replying {

		@RabbitListener(id = "ship", queues = "orders")
		@ExactlyOnceEffect(flow = "shipping")
		String ship(String order) {
			return order;
		}

	}

	@RabbitListener(id = "pay", queues = "payments")
	static class Handlers {

		@RabbitHandler
		@ExactlyOnceEffect(flow = "charge")
		void charge(String order) {
		}

		@RabbitHandler
		@ExactlyOnceEffect(flow = "refund")
		void refund(Integer amount) {
		}

	}

	@RabbitListener(id = "shipping", queues = "payments")
	static class HalfProtected {

		@RabbitHandler
		@ExactlyOnceEffect(flow = "shipping")
		void ship(String order) {
		}

		@RabbitHandler
		void cancel(Integer order) {
		}

	}

	static class Analytics {

		@RabbitListener(id = "analytics", queues = "orders")
		@DeliverySemantics(value = Semantics.AT_LEAST_ONCE, rationale = "counts may be off by a few", owner = "data")
		void count(String order) {
		}

	}

	static class ForgetfulAnalytics {

		@RabbitListener(id = "analytics", queues = "orders", ackMode = "NONE")
		@DeliverySemantics(value = Semantics.AT_LEAST_ONCE, rationale = "counts may be off by a few")
		void count(String order) {
		}

	}

	static class Telemetry {

		@RabbitListener(id = "telemetry", queues = "orders")
		@DeliverySemantics(value = Semantics.AT_MOST_ONCE, rationale = "the next reading comes soon")
		void read(String reading) {
		}

	}

	static class AcknowledgingTelemetry {

		@RabbitListener(id = "telemetry", queues = "orders")
		@DeliverySemantics(value = Semantics.AT_MOST_ONCE, rationale = "the next reading comes soon")
		void read(String reading, Channel channel) {
		}

	}

	static class Undeclared {

		@RabbitListener(id = "undeclared", queues = "orders")
		void receive(String order) {
		}

	}

	static class HandWritten implements MessageListener {

		@Override
		@ExactlyOnceEffect(flow = "hand-written")
		public void onMessage(Message message) {
		}

	}

}
