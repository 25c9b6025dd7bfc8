// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.idempotency.delivery.FlowSwitch;
import dev.idempotency.flow.FlowMode;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.flow.InboxMode;
import dev.idempotency.flow.Semantics;
import dev.idempotency.testing.SharedKafka;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.kafka.annotation.KafkaListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class KafkaFlowSwitchIT {

	private static final Duration TIMEOUT = Duration.ofSeconds(40);

	private final KafkaTopic topic = new KafkaTopic(1);

	private final ListenerApplication application = new ListenerApplication();

	private final List<String> handled = new CopyOnWriteArrayList<>();

	@AfterEach
	void close() {
		this.application.close();
		this.topic.close();
	}

	@Test
	void pausedFlowLeavesItsGroupAndGoesOnWhereItWas() {
		FlowPolicy plain = ListenerApplication.policy(null, new FlowPolicy.Identity(null, true));
		this.application.consumer("bootstrap.servers", SharedKafka.bootstrapServers())
			.consumer("group.id", this.topic.group)
			.semantics(Semantics.AT_LEAST_ONCE)
			.policy(new FlowPolicy(null, "", "", plain.retention(), plain.waitFor(), plain.identity(), plain.retry(),
					InboxMode.AUTO, null, FlowMode.PAUSED))
			.autoStartup()
			.start(new Analytics());
		FlowSwitch flows = this.application.context.getBean(KafkaListenerVerifier.class).flowSwitch();
		assertThat(this.application.container("analytics").isRunning()).isFalse();
		assertThat(this.application.flow("analytics").remarks()).contains("paused on this node when it starts");
		assertThat(flows.modes()).isEqualTo(Map.of("analytics", FlowMode.PAUSED));

		this.topic.send("a");
		assertThat(flows.change("analytics", FlowMode.ACTIVE)).isTrue();
		await().atMost(TIMEOUT).untilAsserted(() -> assertThat(this.handled).containsExactly("a"));
		assertThat(flows.modes()).isEqualTo(Map.of("analytics", FlowMode.ACTIVE));

		flows.change("analytics", FlowMode.PAUSED);
		await().atMost(TIMEOUT).until(this.topic::isAbandoned);
		this.topic.send("b");
		assertThat(flows.change("analytics", FlowMode.ACTIVE)).isTrue();
		await().atMost(TIMEOUT).untilAsserted(() -> assertThat(this.handled).containsExactly("a", "b"));
		assertThat(flows.change("another", FlowMode.PAUSED)).isFalse();
	}

	/**
	 * A listener.
	 */
	public class Analytics {

		public String getTopic() {
			return KafkaFlowSwitchIT.this.topic.name;
		}

		@KafkaListener(id = "analytics", idIsGroup = false, topics = "#{__listener.topic}")
		public void on(ConsumerRecord<String, Object> record) {
			KafkaFlowSwitchIT.this.handled.add(String.valueOf(record.value()));
		}

	}

}
