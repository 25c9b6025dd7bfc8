// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.idempotency.flow.Contradiction;
import dev.idempotency.kafka.ListenerMethods.ListenerMethod;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.ContainerProperties.AckMode;
import org.springframework.kafka.listener.adapter.BatchMessagingMessageListenerAdapter;
import org.springframework.kafka.listener.adapter.MessagingMessageListenerAdapter;

/**
 * What a listener whose records share a transaction must not have, besides what no
 * listener of an effect may have.
 */
final class GroupChecks {

	private GroupChecks() {
	}

	static List<Finding> of(InspectedListener listener, boolean retryTopics) {
		List<Finding> findings = new ArrayList<>();
		String what = listener.isBatch() ? "a batch listener" : "records in groups";
		String single = listener.isBatch() ? "set batch=\"false\" on the listener and take one record"
				: "remove idempotency.flows." + listener.flow().name() + ".group";
		if (!listener.flow().effect()) {
			add(findings, listener, what + " without @ExactlyOnceEffect",
					"the annotation on the listener's method, which says what is claimed together",
					"Put @ExactlyOnceEffect on the method, or " + single);
		}
		if (listener.isBatch() && listener.policy().group() != null) {
			add(findings, listener, what + " and idempotency.flows." + listener.flow().name() + ".group",
					"one of the two: a batch listener takes what a poll returns",
					"Remove the property and bound the batch with max.poll.records");
		}
		if (retryTopics) {
			add(findings, listener, what + " and retry topics", "no retry topics: they take single records",
					"Remove @RetryableTopic, attempts are counted and set aside without it, or " + single);
		}
		checkAdapter(listener, what, single, findings);
		if (listener.properties().getAckMode() == AckMode.RECORD) {
			findings.add(ContainerChecks.finding(listener, what + " and ack mode RECORD",
					"ack mode BATCH: the offsets of a group pass when its transaction has committed",
					"Remove ackMode=\"RECORD\" from the listener or spring.kafka.listener.ack-mode=record",
					() -> listener.properties().setAckMode(AckMode.BATCH)));
		}
		return findings;
	}

	private static void checkAdapter(InspectedListener listener, String what, String single, List<Finding> findings) {
		MessagingMessageListenerAdapter<?, ?> adapter = ListenerMethods.adapter(listener.messageListener());
		if (adapter == null) {
			add(findings, listener, what + " behind a listener that is no @KafkaListener method, or has a filter",
					"a @KafkaListener method without RecordFilterStrategy: what is filtered out would be claimed",
					"Decide in the method what to do about such records, or " + single);
			return;
		}
		List<ListenerMethod> methods = ListenerMethods.of(adapter);
		if (methods.size() != 1) {
			add(findings, listener, what + " and several @KafkaHandler methods",
					"one method, whose transaction all records share", "Use one @KafkaListener method, or " + single);
		}
		if (adapter instanceof BatchMessagingMessageListenerAdapter<?, ?> batch) {
			if (ListenerMethods.batchToRecordAdapter(batch) != null) {
				add(findings, listener, what + " and a BatchToRecordAdapter",
						"a method that takes the records of a transaction, or groups of a record listener",
						"Set batch=\"false\" and idempotency.flows." + listener.flow().name() + ".group.max-records");
			}
			else if (!methods.stream().allMatch(GroupChecks::takesMany)) {
				add(findings, listener, what + " whose method takes no list", "a List or ConsumerRecords parameter",
						"Take a List of payloads, messages or records, or " + single);
			}
		}
	}

	private static boolean takesMany(ListenerMethod method) {
		return Arrays.stream(method.method().getParameterTypes())
			.anyMatch((type) -> List.class.isAssignableFrom(type) || ConsumerRecords.class.isAssignableFrom(type));
	}

	private static void add(List<Finding> findings, InspectedListener listener, String found, String needed,
			String fix) {
		findings.add(ContainerChecks.finding(listener, found, needed, fix, null));
	}

	/**
	 * A contradiction in the method, as one of its listener.
	 */
	static Finding finding(InspectedListener listener, Contradiction contradiction, @Nullable Runnable correction) {
		return new Finding(
				new Contradiction(listener.where(), contradiction.found(), contradiction.needed(), contradiction.fix()),
				correction);
	}

}
