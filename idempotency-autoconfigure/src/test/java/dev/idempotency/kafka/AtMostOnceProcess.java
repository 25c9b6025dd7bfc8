// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.concurrent.CountDownLatch;

import dev.idempotency.flow.Semantics;
import org.apache.kafka.clients.consumer.ConsumerRecord;

import org.springframework.kafka.annotation.KafkaListener;

/**
 * An application that never comes to the end of one of its records.
 */
public final class AtMostOnceProcess {

	private AtMostOnceProcess() {
	}

	public static void main(String[] arguments) throws InterruptedException {
		try (ListenerApplication application = new ListenerApplication()) {
			application.consumer("bootstrap.servers", arguments[0])
				.consumer("group.id", arguments[2])
				.consumer("session.timeout.ms", "6000")
				.semantics(Semantics.AT_MOST_ONCE)
				.autoStartup()
				.start(new Stuck(arguments[1], arguments[3]));
			new CountDownLatch(1).await();
		}
	}

	/**
	 * The listener.
	 */
	public static final class Stuck {

		private final String topic;

		private final String last;

		Stuck(String topic, String last) {
			this.topic = topic;
			this.last = last;
		}

		public String getTopic() {
			return this.topic;
		}

		@KafkaListener(id = "telemetry", idIsGroup = false, topics = "#{__listener.topic}")
		public void on(ConsumerRecord<String, Object> record) throws InterruptedException {
			if (this.last.equals(record.value())) {
				new CountDownLatch(1).await();
			}
		}

	}

}
