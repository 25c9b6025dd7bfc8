// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import dev.idempotency.flow.Semantics;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.DelegatingMessageListener;
import org.springframework.kafka.listener.adapter.FilteringMessageListenerAdapter;

/**
 * What a reader of the catalogue should know of a listener that is set up well enough.
 */
final class ListenerRemarks {

	private static final Logger logger = LoggerFactory.getLogger(ListenerRemarks.class);

	private ListenerRemarks() {
	}

	static List<String> of(InspectedListener listener) {
		List<String> remarks = new ArrayList<>();
		if (listener.semantics() != null && !Set.of("earliest", "none")
			.contains(Objects.toString(listener.consumerProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG)))) {
			remarks.add(
					"a group or partition without an offset begins at the end: what is there is passed over, uncounted");
		}
		if (listener.is(Semantics.EFFECTIVELY_ONCE)) {
			effect(listener, remarks);
		}
		CommonErrorHandler handler = listener.container().getCommonErrorHandler();
		if (listener.is(Semantics.AT_LEAST_ONCE) && handler != null && !ForeignErrorHandlers.isOurs(handler)) {
			String remark = "the application's " + handler.getClass().getSimpleName()
					+ " decides when a record is given up, and nobody counts it: it is lost unless its recoverer keeps it";
			logger.warn("{}: {}. Remove the CommonErrorHandler bean to have records set aside", listener.where(),
					remark);
			remarks.add(remark);
		}
		if (filters(listener.messageListener())) {
			remarks.add("a RecordFilterStrategy drops records without a trace; they count as delivered");
		}
		return remarks;
	}

	private static void effect(InspectedListener listener, List<String> remarks) {
		if (!listener.flow().effect()) {
			remarks.add("no effect annotation: holds only if the listener uses EffectTemplate");
		}
		if (listener.mayUsePosition()) {
			remarks.add("a message without id is identified by topic, partition and offset: "
					+ "recognises redeliveries only, no repetition by the producer");
		}
		if (listener.topicPattern() != null) {
			remarks.add("topics by pattern: their retention is not compared");
		}
		if (listener.isRetryTopic()) {
			remarks.add("retry topics: every failure uses up an attempt, and order per key is lost");
		}
		if (!"read_committed".equals(listener.consumerProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG))) {
			remarks.add("reads uncommitted: if a producer uses Kafka transactions, "
					+ "set isolation.level=read_committed or what it aborts is applied");
		}
	}

	static boolean filters(@Nullable Object listener) {
		@Nullable Object target = listener;
		while (target instanceof DelegatingMessageListener<?> delegating) {
			if (target instanceof FilteringMessageListenerAdapter) {
				return true;
			}
			target = delegating.getDelegate();
		}
		return false;
	}

}
