// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.Semantics;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.ContainerProperties.AckMode;
import org.springframework.kafka.listener.adapter.AsyncRepliesAware;
import org.springframework.kafka.listener.adapter.MessagingMessageListenerAdapter;
import org.springframework.kafka.transaction.KafkaAwareTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * What a container must not do if its records are to be acknowledged only after their
 * effect. Each of these settings was seen to lose or to repeat effects.
 */
final class ContainerChecks {

	private static final Set<AckMode> AFTER_THE_LISTENER = Set.of(AckMode.RECORD, AckMode.BATCH);

	private static final Set<String> SAFE_RESETS = Set.of("earliest", "none");

	private static final List<Function<InspectedListener, @Nullable Finding>> ALWAYS = List.of(ContainerChecks::running,
			ContainerChecks::autoCommit, ContainerChecks::transactionManager, ContainerChecks::asyncReturn,
			ContainerChecks::group, ContainerChecks::ackMode, ContainerChecks::asyncAcks);

	private static final List<Function<InspectedListener, @Nullable Finding>> FOR_EFFECTS = List.of(
			ContainerChecks::semantics, ContainerChecks::kafkaTransactions, ContainerChecks::syncCommits,
			ContainerChecks::offsetReset, ContainerChecks::pollInterval, ContainerChecks::retryTopic,
			ContainerChecks::listenerErrorHandler);

	private static final List<Function<InspectedListener, @Nullable Finding>> WITHOUT_EFFECTS = List.of(
			ContainerChecks::groupProperty, ContainerChecks::signedIds, ContainerChecks::passThrough,
			ContainerChecks::losingErrorHandler);

	private ContainerChecks() {
	}

	/**
	 * Everything that contradicts the semantics of a listener.
	 */
	static List<Finding> of(InspectedListener listener) {
		Finding declared = declared(listener);
		if (declared != null) {
			return List.of(declared);
		}
		if (!listener.isAcknowledgedAfterwards()) {
			return listener.is(Semantics.AT_MOST_ONCE) ? AtMostOnceChecks.of(listener) : List.of();
		}
		return Stream
			.concat(ALWAYS.stream(), (listener.is(Semantics.EFFECTIVELY_ONCE) ? FOR_EFFECTS : WITHOUT_EFFECTS).stream())
			.flatMap((check) -> Stream.ofNullable(check.apply(listener)))
			.toList();
	}

	private static @Nullable Finding declared(InspectedListener listener) {
		Semantics configured = listener.policy().semantics();
		Semantics written = listener.flow().semantics();
		return (listener.flow().effect() || configured == null || written == null || configured == written) ? null
				: refusal(listener,
						"@DeliverySemantics(" + written + ") and semantics " + configured + " in the configuration",
						"one choice, made in one place",
						"Remove idempotency.flows." + listener.flow().name() + ".semantics, or the annotation");
	}

	private static @Nullable Finding groupProperty(InspectedListener listener) {
		String property = "idempotency.flows." + listener.flow().name() + ".group";
		return (listener.policy().group() == null) ? null
				: refusal(listener, property + " on a listener without effects",
						"no group: there is no transaction that records could share", "Remove " + property);
	}

	/**
	 * A signature keeps an id from suppressing another message; here no id suppresses
	 * anything.
	 */
	static @Nullable Finding signedIds(InspectedListener listener) {
		String property = "idempotency.flows." + listener.flow().name() + ".signed-ids";
		return (listener.policy().identity().signedBy() == null) ? null
				: refusal(listener, property + "=required on a listener without effects",
						"an effect: without one every message is handled, whoever made its id, and nobody looks at the "
								+ "signature",
						"Remove " + property + ", or put @ExactlyOnceEffect on the method");
	}

	static @Nullable Finding passThrough(InspectedListener listener) {
		String property = "idempotency.flows." + listener.flow().name() + ".on-store-outage";
		return !listener.policy().passesThrough() ? null
				: refusal(listener, property + "=pass-through on a listener without effects",
						"an effect with contract EXTERNAL_WITH_KEY: without one nothing is protected that could pass",
						"Remove " + property);
	}

	private static @Nullable Finding losingErrorHandler(InspectedListener listener) {
		CommonErrorHandler found = listener.container().getCommonErrorHandler();
		return (found == null || !ForeignErrorHandlers.givesUpSilently(found)) ? null
				: finding(listener,
						"AT_LEAST_ONCE and the error handler " + found.getClass().getName()
								+ ", which logs a record it gives up and acknowledges it",
						"no record acknowledged that was neither handled nor set aside",
						"Remove the CommonErrorHandler bean: this library repeats as often as idempotency.flows."
								+ listener.flow().name()
								+ ".max-attempts says and then sets the record aside; or give the handler a recoverer, "
								+ "such as DeadLetterPublishingRecoverer; or declare AT_MOST_ONCE",
						() -> listener.container().setCommonErrorHandler(null));
	}

	private static @Nullable Finding running(InspectedListener listener) {
		return !listener.container().isRunning() ? null
				: refusal(listener, "a container that already runs", "one that starts with the application context",
						"Let the context start it, do not call start() yourself");
	}

	private static @Nullable Finding autoCommit(InspectedListener listener) {
		String found = listener.consumerProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG);
		return !Boolean.parseBoolean(found) ? null
				: finding(listener, "enable.auto.commit=true",
						"enable.auto.commit=false, or offsets pass that were not applied",
						"Remove spring.kafka.consumer.enable-auto-commit",
						() -> listener.overrideConsumerProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false"));
	}

	@SuppressWarnings("removal")
	private static @Nullable Finding transactionManager(InspectedListener listener) {
		PlatformTransactionManager found = listener.properties().getTransactionManager();
		return (found == null) ? null : finding(listener, "container transactions by " + found.getClass().getName(),
				"no transaction manager on the container: offsets are committed although its transaction "
						+ "rolls back",
				"Remove setTransactionManager from the container properties; an effect opens its own transaction",
				() -> listener.properties().setTransactionManager(null));
	}

	private static @Nullable Finding kafkaTransactions(InspectedListener listener) {
		KafkaAwareTransactionManager<?, ?> found = listener.properties().getKafkaAwareTransactionManager();
		return (found == null) ? null : finding(listener, "container transactions by " + found.getClass().getName(),
				"no Kafka transactions on the container: failures would bypass the error handler, and the "
						+ "effect's database transaction is not part of them",
				"Remove spring.kafka.producer.transaction-id-prefix, or give the listener a container "
						+ "factory of its own",
				() -> listener.properties().setKafkaAwareTransactionManager(null));
	}

	private static @Nullable Finding asyncReturn(InspectedListener listener) {
		return !(listener.properties().getMessageListener() instanceof AsyncRepliesAware aware
				&& aware.isAsyncReplies())
						? null
						: refusal(listener, "a future, publisher or suspending function as return type",
								"a method that returns when it is done: a failed record is acknowledged before it is "
										+ "tried again",
								"Return void and wait for the result inside the method");
	}

	private static @Nullable Finding semantics(InspectedListener listener) {
		Semantics configured = listener.policy().semantics();
		return (configured == null || configured == Semantics.EFFECTIVELY_ONCE) ? null
				: refusal(listener, "@ExactlyOnceEffect and semantics " + configured + " in the configuration",
						"EFFECTIVELY_ONCE",
						"Remove idempotency.flows." + listener.flow().name() + ".semantics, or the annotation");
	}

	private static @Nullable Finding group(InspectedListener listener) {
		return (listener.container().getGroupId() != null) ? null : refusal(listener, "no group.id",
				"a group.id, or offsets are not kept", "Set groupId on the listener or spring.kafka.consumer.group-id");
	}

	private static @Nullable Finding ackMode(InspectedListener listener) {
		AckMode found = listener.properties().getAckMode();
		return AFTER_THE_LISTENER
			.contains(found)
					? null
					: finding(listener, "ack mode " + found,
							"RECORD or BATCH: in every other mode an offset can pass a record that was not applied",
							"Set ackMode=\"BATCH\" on the listener or spring.kafka.listener.ack-mode=batch, "
									+ "and take no Acknowledgment",
							() -> listener.properties().setAckMode(AckMode.BATCH));
	}

	private static @Nullable Finding asyncAcks(InspectedListener listener) {
		return !listener.properties().isAsyncAcks() ? null
				: finding(listener, "asyncAcks=true", "asyncAcks=false: acknowledgements must follow the records",
						"Remove spring.kafka.listener.async-acks", () -> listener.properties().setAsyncAcks(false));
	}

	private static @Nullable Finding syncCommits(InspectedListener listener) {
		return listener.properties().isSyncCommits() ? null
				: finding(listener, "syncCommits=false", "syncCommits=true: a failed commit must be noticed",
						"Remove setSyncCommits(false)", () -> listener.properties().setSyncCommits(true));
	}

	private static @Nullable Finding offsetReset(InspectedListener listener) {
		String found = listener.consumerProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG);
		return (found != null && SAFE_RESETS.contains(found)) ? null
				: finding(listener, "auto.offset.reset=" + ((found != null) ? found : "latest (the default)"),
						"auto.offset.reset=earliest: a group or partition without an offset would skip what is there",
						"Set spring.kafka.consumer.auto-offset-reset=earliest",
						() -> listener.overrideConsumerProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"));
	}

	private static @Nullable Finding pollInterval(InspectedListener listener) {
		return (listener.maxPollInterval().compareTo(listener.policy().waitFor().multipliedBy(2)) > 0) ? null : refusal(
				listener, "max.poll.interval.ms=" + listener.maxPollInterval().toMillis(),
				"more than twice the longest wait for a concurrent duplicate (" + listener.policy().waitFor().toMillis()
						+ " ms)",
				"Raise max.poll.interval.ms or lower idempotency.flows." + listener.flow().name() + ".wait-for");
	}

	private static @Nullable Finding retryTopic(InspectedListener listener) {
		return !(listener.isRetryTopic() && listener.mayUsePosition()) ? null
				: refusal(listener, "retry topics, and topic, partition and offset as a possible identity",
						"an identity that a copy in a retry topic keeps",
						"Let the producer send CloudEvents id and source, name a header, or remove @RetryableTopic");
	}

	/**
	 * The container never hears of a failure that such a handler does not throw again.
	 */
	private static @Nullable Finding listenerErrorHandler(InspectedListener listener) {
		Object found = listener.messageListener();
		MessagingMessageListenerAdapter<?, ?> adapter = (found != null)
				? ListenerMethods.adapter(ListenerMethods.innermost(found)) : null;
		return (adapter == null || ListenerMethods.errorHandler(adapter) == null) ? null
				: refusal(listener, "a KafkaListenerErrorHandler",
						"no handler that could let the offset of a record pass whose effect was rolled back",
						"Remove errorHandler from the listener; idempotency.flows." + listener.flow().name()
								+ ".max-attempts says how often to try, and what fails then is set aside");
	}

	private static Finding refusal(InspectedListener listener, String found, String needed, String fix) {
		return finding(listener, found, needed, fix, null);
	}

	static Finding finding(InspectedListener listener, String found, String needed, String fix,
			@Nullable Runnable correction) {
		return new Finding(new Contradiction(listener.where(), found, needed, fix), correction);
	}

}
