// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.ContainerProperties.AckMode;
import org.springframework.kafka.listener.adapter.AsyncRepliesAware;

/**
 * What a container must not do if its records are to be handled once at most. Their
 * offsets are committed by this library before the listener is called, so whatever else
 * would commit, repeat or finish later contradicts.
 */
final class AtMostOnceChecks {

	private final InspectedListener listener;

	private final List<Finding> findings = new ArrayList<>();

	private AtMostOnceChecks(InspectedListener listener) {
		this.listener = listener;
	}

	static List<Finding> of(InspectedListener listener) {
		AtMostOnceChecks checks = new AtMostOnceChecks(listener);
		checks.commits();
		checks.transactions();
		checks.rest();
		checks.protection();
		return checks.findings;
	}

	private void commits() {
		AckMode mode = this.listener.properties().getAckMode();
		if (mode != AckMode.RECORD && mode != AckMode.BATCH) {
			add("ack mode " + mode, "RECORD or BATCH: its commit behind the listener says that an attempt has ended",
					"Set ackMode=\"BATCH\" on the listener or spring.kafka.listener.ack-mode=batch",
					() -> this.listener.properties().setAckMode(AckMode.BATCH));
		}
		if (this.listener.properties().isAsyncAcks()) {
			add("asyncAcks=true", "asyncAcks=false: acknowledgements must follow the records",
					"Remove spring.kafka.listener.async-acks", () -> this.listener.properties().setAsyncAcks(false));
		}
		if (Boolean.parseBoolean(this.listener.consumerProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG))) {
			add("enable.auto.commit=true",
					"enable.auto.commit=false: the client commits what the poll before returned, "
							+ "so what is being handled comes again after a crash",
					"Remove spring.kafka.consumer.enable-auto-commit",
					() -> this.listener.overrideConsumerProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false"));
		}
		if (this.listener.container().getGroupId() == null) {
			add("no group.id", "a group.id, or there is no offset to commit first",
					"Set groupId on the listener or spring.kafka.consumer.group-id", null);
		}
	}

	@SuppressWarnings("removal")
	private void transactions() {
		Object kafka = this.listener.properties().getKafkaAwareTransactionManager();
		Object found = (kafka != null) ? kafka : this.listener.properties().getTransactionManager();
		if (found != null) {
			add("container transactions by " + found.getClass().getName(),
					"no transactions on the container: they commit offsets behind the listener, "
							+ "and take them back with a failure",
					"Remove spring.kafka.producer.transaction-id-prefix or setTransactionManager, "
							+ "or give the listener a container factory of its own",
					() -> {
						this.listener.properties().setTransactionManager(null);
						this.listener.properties().setKafkaAwareTransactionManager(null);
					});
		}
	}

	private void rest() {
		if (this.listener.container().isRunning()) {
			add("a container that already runs", "one that starts with the application context",
					"Let the context start it, do not call start() yourself", null);
		}
		if (this.listener.properties().getMessageListener() instanceof AsyncRepliesAware aware
				&& aware.isAsyncReplies()) {
			add("a future, publisher or suspending function as return type",
					"a method that returns when it is done, or nobody sees its end",
					"Return void and wait for the result inside the method", null);
		}
		if (this.listener.isRetryTopic()) {
			add("retry topics", "no retry topics: what failed once must not be tried again",
					"Remove @RetryableTopic, or declare AT_LEAST_ONCE", null);
		}
		if (this.listener.policy().group() != null) {
			String property = "idempotency.flows." + this.listener.flow().name() + ".group";
			add(property, "no group: there is no transaction that records could share", "Remove " + property, null);
		}
	}

	private void protection() {
		Stream.of(ContainerChecks.signedIds(this.listener), ContainerChecks.passThrough(this.listener))
			.flatMap(Stream::ofNullable)
			.forEach(this.findings::add);
	}

	private void add(String found, String needed, String fix, @Nullable Runnable correction) {
		this.findings.add(ContainerChecks.finding(this.listener, "AT_MOST_ONCE and " + found, needed, fix, correction));
	}

}
