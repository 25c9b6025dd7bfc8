// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Duration;
import java.util.Map;

import dev.idempotency.flow.ContradictionException;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.testing.SharedKafka;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.kafka.annotation.KafkaListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TopicRetentionCheckIT {

	private final ListenerApplication application = new ListenerApplication().retention(new TopicRetentionCheck(
			Map.of("bootstrap.servers", SharedKafka.bootstrapServers()), Duration.ofSeconds(10)));

	@AfterEach
	void close() {
		this.application.close();
	}

	@Test
	void topicWithDefaultSettingsNeedsTwoWeeks() {
		this.application.policy(remembering(Duration.ofDays(14).minusSeconds(1)));
		assertThatThrownBy(() -> this.application.start(new Orders())).rootCause()
			.isInstanceOf(ContradictionException.class)
			.hasMessageContaining("at least PT336H");
	}

	@Test
	void twoWeeksAreEnough() {
		this.application.policy(remembering(Duration.ofDays(14))).start(new Orders());
		assertThat(this.application.flow("orders").remarks()).noneMatch((it) -> it.contains("retention"));
	}

	@Test
	void topicThatIsMissingIsRemarked() {
		this.application.start(new Nowhere());
		assertThat(this.application.flow("orders").remarks())
			.contains("retention of topic does-not-exist unknown, not compared");
	}

	private static FlowPolicy remembering(Duration retention) {
		return new FlowPolicy(null, "", "", retention, Duration.ofSeconds(5), new FlowPolicy.Identity(null, false),
				new FlowPolicy.Retry(3, Duration.ofSeconds(1), Duration.ofSeconds(1), null));
	}

	/**
	 * Reads a topic with the broker's own settings.
	 */
	public static class Orders {

		private final String topic = SharedKafka.newTopic("retention", 1);

		public String getTopic() {
			return this.topic;
		}

		@KafkaListener(id = "orders", idIsGroup = false, topics = "#{__listener.topic}")
		public void on(String order) {
		}

	}

	/**
	 * Reads a topic that nobody made.
	 */
	public static class Nowhere {

		@KafkaListener(id = "orders", idIsGroup = false, topics = "does-not-exist")
		public void on(String order) {
		}

	}

}
