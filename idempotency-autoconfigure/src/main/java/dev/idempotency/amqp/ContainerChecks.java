// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import com.rabbitmq.client.Channel;
import dev.idempotency.delivery.ListenerFlow;
import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.Semantics;
import org.aopalliance.aop.Advice;
import org.jspecify.annotations.Nullable;

import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.core.BatchMessageListener;
import org.springframework.amqp.core.MessageListener;
import org.springframework.amqp.rabbit.config.StatefulRetryOperationsInterceptor;
import org.springframework.amqp.rabbit.config.StatelessRetryOperationsInterceptor;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.adapter.MessagingMessageListenerAdapter;
import org.springframework.amqp.rabbit.listener.api.ChannelAwareBatchMessageListener;

/**
 * What a container must not do if its messages are to be acknowledged only after their
 * effect. Each of these settings was seen to lose or to repeat effects.
 */
final class ContainerChecks {

	private static final String NO_TRANSACTION = "a container without transactions: the effect opens its own, and "
			+ "attempts and messages set aside must commit although it rolls back";

	private final RabbitDeliveryAdvice advice;

	ContainerChecks(RabbitDeliveryAdvice advice) {
		this.advice = advice;
	}

	/**
	 * Everything that contradicts the semantics of a listener that has not started.
	 */
	List<Finding> of(InspectedListener listener) {
		AbstractMessageListenerContainer container = listener.known();
		boolean early = container != null && container.isRunning()
				&& (isEffect(listener) || listener.semantics() != null);
		return Stream.concat(early ? Stream.of(running(listener)) : Stream.empty(), ofRunning(listener).stream())
			.toList();
	}

	/**
	 * Everything that contradicts the semantics of a listener, running or not.
	 */
	List<Finding> ofRunning(InspectedListener listener) {
		AbstractMessageListenerContainer container = listener.known();
		Finding declared = declared(listener);
		if (declared != null) {
			return List.of(declared);
		}
		if (container == null) {
			return (isEffect(listener) || listener.semantics() != null) ? List.of(unknownContainer(listener))
					: List.of();
		}
		if (isEffect(listener)) {
			return Stream
				.of(semantics(listener), severalFlows(listener), severalSemantics(listener), returnValue(listener),
						asyncReturn(listener), asyncMethod(listener), batch(listener, container), group(listener),
						ackMode(listener, container), transaction(listener, container), ourAdvice(listener, container),
						retryAdvice(listener, container), errorHandler(listener, container))
				.flatMap(Stream::ofNullable)
				.toList();
		}
		if (listener.semantics() == null) {
			return List.of();
		}
		boolean first = listener.is(Semantics.AT_MOST_ONCE);
		return Stream
			.of(severalFlows(listener), severalSemantics(listener), asyncReturn(listener), asyncMethod(listener),
					group(listener), signedIds(listener), passThrough(listener),
					first ? acknowledges(listener) : ackMode(listener, container),
					first ? manual(listener, container) : null, transaction(listener, container),
					ourAdvice(listener, container), retryAdvice(listener, container))
			.flatMap(Stream::ofNullable)
			.toList();
	}

	/**
	 * Lets the listener of this library acknowledge, which is not the application's
	 * choice to make.
	 */
	static void acknowledgeFirst(InspectedListener listener) {
		AbstractMessageListenerContainer container = listener.known();
		if (container != null && listener.is(Semantics.AT_MOST_ONCE) && !container.isRunning()
				&& container.getAcknowledgeMode() == AcknowledgeMode.AUTO) {
			acknowledgeManually(container);
		}
	}

	private static void acknowledgeManually(AbstractMessageListenerContainer container) {
		container.setAcknowledgeMode(AcknowledgeMode.MANUAL);
		MessageListener target = container.getMessageListener();
		if (target != null) {
			target.containerAckMode(AcknowledgeMode.MANUAL);
		}
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

	private static @Nullable Finding acknowledges(InspectedListener listener) {
		return listener.methods()
			.stream()
			.noneMatch((found) -> Arrays.asList(found.method().getParameterTypes()).contains(Channel.class))
					? null
					: refusal(listener, "AT_MOST_ONCE and a parameter of type Channel",
							"no acknowledgement by the listener: the message is acknowledged before it is called",
							"Remove the parameter, or declare AT_LEAST_ONCE");
	}

	private static @Nullable Finding manual(InspectedListener listener, AbstractMessageListenerContainer container) {
		return (container.getAcknowledgeMode() == AcknowledgeMode.MANUAL || isAsync(listener)) ? null
				: finding(listener, "AT_MOST_ONCE and acknowledge mode " + container.getAcknowledgeMode(),
						"AUTO, which becomes an acknowledgement before each call: with NONE the broker forgets all "
								+ "it has sent, and nobody can count what is lost",
						"Set ackMode=\"AUTO\" on the listener or spring.rabbitmq.listener.*.acknowledge-mode=auto",
						ContainerChecks::acknowledgeManually);
	}

	private static Finding unknownContainer(InspectedListener listener) {
		return refusal(listener, "a container of type " + listener.container().getClass().getName(),
				"a SimpleMessageListenerContainer or DirectMessageListenerContainer, known to acknowledge after the "
						+ "listener",
				"Use a container factory for AMQP 0-9-1 queues, or remove the annotation");
	}

	private static boolean isEffect(InspectedListener listener) {
		return listener.flows().stream().anyMatch(ListenerFlow::effect) || listener.is(Semantics.EFFECTIVELY_ONCE);
	}

	private static Finding running(InspectedListener listener) {
		return refusal(listener, "a container that already runs", "one that starts with the application context",
				"Let the context start it, do not call start() yourself");
	}

	private static @Nullable Finding semantics(InspectedListener listener) {
		Semantics configured = listener.policy().semantics();
		return (configured == null || configured == Semantics.EFFECTIVELY_ONCE) ? null
				: refusal(listener, "@ExactlyOnceEffect and semantics " + configured + " in the configuration",
						"EFFECTIVELY_ONCE",
						"Remove idempotency.flows." + listener.flow().name() + ".semantics, or the annotation");
	}

	private static @Nullable Finding severalFlows(InspectedListener listener) {
		List<String> names = listener.flows().stream().map(ListenerFlow::name).distinct().toList();
		return (names.size() == 1) ? null
				: refusal(listener, "handler methods of the flows " + names,
						"one flow: failures of a message that cannot be read belong to no method",
						"Use one flow for all @RabbitHandler methods, or one @RabbitListener method per flow");
	}

	private static @Nullable Finding severalSemantics(InspectedListener listener) {
		return (listener.flows().stream().map(ListenerFlow::semantics).distinct().count() == 1) ? null
				: refusal(listener,
						"handler methods of different semantics: " + listener.flows()
							.stream()
							.map((flow) -> flow.location() + " "
									+ ((flow.semantics() != null) ? flow.semantics() : "undeclared"))
							.toList(),
						"one semantics for all, or what one of the methods does is not protected as it seems",
						"Annotate all @RabbitHandler methods of the class alike, or use one @RabbitListener method each");
	}

	private static @Nullable Finding returnValue(InspectedListener listener) {
		boolean reply = !isAsync(listener)
				&& listener.methods().stream().anyMatch((found) -> found.method().getReturnType() != void.class);
		return !reply ? null
				: refusal(listener, "a listener method that returns a value",
						"void: the reply to a message that comes again is not kept, and a reply is sent outside of the "
								+ "effect's transaction",
						"Return void and send the answer through the Outbox");
	}

	private static boolean isAsync(InspectedListener listener) {
		return listener.container().getMessageListener() instanceof MessageListener target && target.isAsyncReplies();
	}

	private static @Nullable Finding asyncReturn(InspectedListener listener) {
		return !isAsync(listener) ? null
				: refusal(listener, "a future, publisher or suspending function as return type",
						"a method that returns when it is done, before which nothing is acknowledged or decided",
						"Return void and wait for the result inside the method");
	}

	private static @Nullable Finding asyncMethod(InspectedListener listener) {
		return listener.flows().stream().noneMatch(ListenerFlow::async) ? null
				: refusal(listener, "@Async on the listener's method",
						"a method that has done its work when it returns: its message is acknowledged then, and nobody "
								+ "hears of its failure",
						"Remove @Async; the concurrency of the container says how many messages are handled at once");
	}

	private static @Nullable Finding batch(InspectedListener listener, AbstractMessageListenerContainer container) {
		Object target = container.getMessageListener();
		boolean batch = target instanceof BatchMessageListener || target instanceof ChannelAwareBatchMessageListener
				|| (container instanceof SimpleMessageListenerContainer simple && simple.isConsumerBatchEnabled());
		return !batch ? null : refusal(listener, "a batch listener",
				"a listener of single messages: one bad message would repeat the good ones, and only Kafka lets "
						+ "them go on without it",
				"Take one message, and do not set batch listener or consumer batch enabled");
	}

	private static @Nullable Finding group(InspectedListener listener) {
		String property = "idempotency.flows." + listener.flow().name() + ".group";
		return (listener.policy().group() == null) ? null
				: refusal(listener, property + " on a RabbitMQ listener",
						"a transaction for each message: the broker hands over messages one by one",
						"Remove " + property + "; Kafka's record listeners can have it");
	}

	/**
	 * A signature keeps an id from suppressing another message; here no id suppresses
	 * anything.
	 */
	private static @Nullable Finding signedIds(InspectedListener listener) {
		String property = "idempotency.flows." + listener.flow().name() + ".signed-ids";
		return (listener.policy().identity().signedBy() == null) ? null
				: refusal(listener, property + "=required on a listener without effects",
						"an effect: without one every message is handled, whoever made its id, and nobody looks at the "
								+ "signature",
						"Remove " + property + ", or put @ExactlyOnceEffect on the method");
	}

	private static @Nullable Finding passThrough(InspectedListener listener) {
		String property = "idempotency.flows." + listener.flow().name() + ".on-store-outage";
		return !listener.policy().passesThrough() ? null
				: refusal(listener, property + "=pass-through on a listener without effects",
						"an effect with contract EXTERNAL_WITH_KEY: without one nothing is protected that could pass",
						"Remove " + property);
	}

	private static @Nullable Finding ackMode(InspectedListener listener, AbstractMessageListenerContainer container) {
		return (container.getAcknowledgeMode() == AcknowledgeMode.AUTO || isAsync(listener)) ? null
				: finding(listener, "acknowledge mode " + container.getAcknowledgeMode(),
						"AUTO: in every other mode a message can be acknowledged before its listener is done",
						"Set ackMode=\"AUTO\" on the listener or spring.rabbitmq.listener.*.acknowledge-mode=auto, "
								+ "and take no Channel to acknowledge with",
						(it) -> it.setAcknowledgeMode(AcknowledgeMode.AUTO));
	}

	private static @Nullable Finding transaction(InspectedListener listener,
			AbstractMessageListenerContainer container) {
		Object manager = ContainerInternals.transactionManager(container);
		if (manager != null) {
			return refusal(listener, "container transactions by " + manager.getClass().getName(), NO_TRANSACTION,
					"Remove setTransactionManager from the container factory");
		}
		return !container.isChannelTransacted() ? null : finding(listener, "channelTransacted=true", NO_TRANSACTION,
				"Remove setChannelTransacted from the container factory", (it) -> it.setChannelTransacted(false));
	}

	private @Nullable Finding ourAdvice(InspectedListener listener, AbstractMessageListenerContainer container) {
		Advice[] chain = ContainerInternals.adviceChain(container);
		return (chain.length > 0 && chain[0] == this.advice) ? null
				: finding(listener, "an advice chain " + names(chain),
						"one that begins with " + RabbitDeliveryAdvice.class.getSimpleName()
								+ ", which decides about failures before any other advice",
						"Do not call setAdviceChain in a ContainerCustomizer; set it on the container factory",
						(it) -> it.setAdviceChain(
								RabbitFactoryPostProcessor.withOurs(this.advice, ContainerInternals.adviceChain(it))));
	}

	private static @Nullable Finding retryAdvice(InspectedListener listener,
			AbstractMessageListenerContainer container) {
		Advice[] chain = ContainerInternals.adviceChain(container);
		return Arrays.stream(chain).noneMatch(ContainerChecks::isRetry) ? null
				: finding(listener, "a retry interceptor in the advice chain " + names(chain),
						"none: attempts are counted durably by the flow, and a recoverer would reject or acknowledge a "
								+ "message that was not applied",
						"Set spring.rabbitmq.listener.*.retry.enabled=false, or give this listener a container factory "
								+ "of its own; idempotency.flows." + listener.flow().name()
								+ ".max-attempts says how often to try",
						(it) -> it.setAdviceChain(Arrays.stream(ContainerInternals.adviceChain(it))
							.filter((advice) -> !isRetry(advice))
							.toArray(Advice[]::new)));
	}

	/**
	 * Our advice never hears of a failure that such a handler does not throw again.
	 */
	private static @Nullable Finding errorHandler(InspectedListener listener,
			AbstractMessageListenerContainer container) {
		return !(container.getMessageListener() instanceof MessagingMessageListenerAdapter adapter
				&& ContainerInternals.errorHandler(adapter) != null)
						? null
						: refusal(listener, "a RabbitListenerErrorHandler",
								"no handler that could have a message acknowledged whose effect was rolled back",
								"Remove errorHandler from the listener; idempotency.flows." + listener.flow().name()
										+ ".max-attempts says how often to try, and what fails then is set aside");
	}

	private static boolean isRetry(Advice advice) {
		return advice instanceof StatelessRetryOperationsInterceptor
				|| advice instanceof StatefulRetryOperationsInterceptor;
	}

	private static List<String> names(Advice[] chain) {
		return Arrays.stream(chain).map((advice) -> advice.getClass().getSimpleName()).toList();
	}

	private static Finding refusal(InspectedListener listener, String found, String needed, String fix) {
		return finding(listener, found, needed, fix, null);
	}

	private static Finding finding(InspectedListener listener, String found, String needed, String fix,
			@Nullable Consumer<AbstractMessageListenerContainer> correction) {
		return new Finding(new Contradiction(listener.where(), found, needed, fix), correction);
	}

}
