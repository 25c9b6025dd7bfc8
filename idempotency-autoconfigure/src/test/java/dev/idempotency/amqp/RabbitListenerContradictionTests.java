// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.time.Duration;
import java.util.Map;

import dev.idempotency.effect.SigningKeys;
import dev.idempotency.flow.FlowMode;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.flow.Semantics;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.Mockito;

import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.core.MessageListenerContainer;
import org.springframework.amqp.rabbit.config.RetryInterceptorBuilder;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.api.RabbitListenerErrorHandler;
import org.springframework.amqp.rabbit.retry.RejectAndDontRequeueRecoverer;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * What stops the start, and how the message says so.
 */
class RabbitListenerContradictionTests extends RabbitListenerFixture {

	@Test
	void otherSemanticsInTheConfigurationAreRefused() {
		this.inboxes.configured = Semantics.AT_LEAST_ONCE;
		assertRefused("semantics AT_LEAST_ONCE in the configuration", "EFFECTIVELY_ONCE",
				"idempotency.flows.shipping.semantics", VerifiedListeners.Shipping.class);
	}

	@Test
	void manualAcknowledgementIsRefused() {
		this.simple = (factory) -> factory.setAcknowledgeMode(AcknowledgeMode.MANUAL);
		assertRefused("acknowledge mode MANUAL", "AUTO", "ackMode=\"AUTO\"", VerifiedListeners.Shipping.class);
	}

	@Test
	void annotationThatBeatsItsFactoryIsRefused() {
		assertRefused("acknowledge mode NONE", "AUTO", "ackMode=\"AUTO\"", VerifiedListeners.AutoAck.class);
	}

	@Test
	void transactionManagerOfTheContainerIsRefused() {
		this.simple = (factory) -> factory.setTransactionManager(Mockito.mock(PlatformTransactionManager.class));
		assertRefused("container transactions by", "container without transactions", "setTransactionManager",
				VerifiedListeners.Shipping.class);
	}

	@Test
	void transactedChannelIsRefused() {
		this.simple = (factory) -> factory.setChannelTransacted(true);
		assertRefused("channelTransacted=true", "container without transactions", "setChannelTransacted",
				VerifiedListeners.Shipping.class);
	}

	@Test
	void retryInterceptorIsRefused() {
		this.simple = (factory) -> factory
			.setAdviceChain(RetryInterceptorBuilder.stateless().recoverer(new RejectAndDontRequeueRecoverer()).build());
		assertRefused("retry interceptor", "counted durably", "retry.enabled=false", VerifiedListeners.Shipping.class);
	}

	@Test
	void statefulRetryInterceptorIsRefused() {
		this.simple = (factory) -> factory.setAdviceChain(RetryInterceptorBuilder.stateful().build());
		assertRefused("retry interceptor", "counted durably", "retry.enabled=false", VerifiedListeners.Shipping.class);
	}

	@Test
	void adviceTakenAwayByACustomizerIsRefused() {
		this.simple = (factory) -> factory.setContainerCustomizer((container) -> container.setAdviceChain());
		assertRefused("an advice chain []", "begins with RabbitDeliveryAdvice", "container factory",
				VerifiedListeners.Shipping.class);
	}

	@Test
	void adviceAroundOursIsRefused() {
		MethodInterceptor theirs = (invocation) -> invocation.proceed();
		this.simple = (factory) -> factory
			.setContainerCustomizer((container) -> container.setAdviceChain(theirs, ours()));
		assertRefused("an advice chain", "begins with RabbitDeliveryAdvice", "container factory",
				VerifiedListeners.Shipping.class);
	}

	@Test
	void errorHandlerThatCouldKeepFailuresFromTheContainerIsRefused() {
		this.context.registerBean("forgiving", RabbitListenerErrorHandler.class,
				() -> (message, channel, converted, failure) -> null);
		assertRefused("a RabbitListenerErrorHandler", "rolled back", "Remove errorHandler",
				VerifiedListeners.Handled.class);
	}

	@Test
	void batchListenerIsRefused() {
		this.simple = (factory) -> factory.setBatchListener(true);
		assertRefused("a batch listener", "single messages", "Take one message", VerifiedListeners.Batch.class);
	}

	@Test
	void consumerBatchIsRefused() {
		this.simple = (factory) -> {
			factory.setBatchListener(true);
			factory.setConsumerBatchEnabled(true);
		};
		assertRefused("a batch listener", "single messages", "Take one message", VerifiedListeners.Batch.class);
	}

	@Test
	void groupsAreRefused() {
		this.inboxes.group = new FlowPolicy.Group(10, Duration.ofSeconds(1));
		assertRefused(".group on a RabbitMQ listener", "a transaction for each message", "Remove idempotency.flows.",
				VerifiedListeners.Shipping.class);
	}

	@Test
	void signedIdsProtectNothingWithoutAnEffect() {
		this.inboxes.signedBy = new SigningKeys(Map.of("one", new byte[32]), "one");
		assertRefused(".signed-ids=required on a listener without effects", "nobody looks at the signature",
				"Remove idempotency.flows.", VerifiedListeners.Analytics.class);
	}

	@Test
	void shadowWouldTakeMessagesFromOthers() {
		this.inboxes.mode = FlowMode.SHADOW;
		assertRefused(".mode=shadow", "consumers of a RabbitMQ queue compete", "mode=paused",
				VerifiedListeners.Shipping.class);
	}

	@Test
	void futureAsReturnTypeIsRefusedAndNamedOnce() {
		assertRefused("a future", "returns when it is done", "Return void", VerifiedListeners.Later.class);
	}

	@ParameterizedTest
	@ValueSource(classes = { VerifiedListeners.AsyncShipping.class, VerifiedListeners.AsyncAnalytics.class })
	void listenerThatRunsOnAnotherThreadIsRefused(Class<?> listener) {
		assertRefused("@Async on the listener's method", "when it returns", "Remove @Async", listener);
	}

	@Test
	void replyIsRefused() {
		assertRefused("returns a value", "void", "through the Outbox", VerifiedListeners.Replying.class);
	}

	@Test
	void handlersOfDifferentFlowsAreRefused() {
		assertRefused("handler methods of the flows [charge, refund]", "one flow",
				"one @RabbitListener method per flow", VerifiedListeners.Handlers.class);
	}

	@Test
	void handlersOfWhichSomeAreEffectsAreRefused() {
		assertRefused("handler methods of different semantics", "one semantics", "Annotate all @RabbitHandler methods",
				VerifiedListeners.HalfProtected.class);
	}

	@Test
	void containerOfAnUnknownKindIsRefused() {
		MessageListenerContainer unknown = Mockito.mock();
		Mockito.when(unknown.getMessageListener()).thenReturn(new VerifiedListeners.HandWritten());
		this.context.registerBean("unknown", MessageListenerContainer.class, () -> unknown);
		assertRefused("a container of type", "SimpleMessageListenerContainer", "AMQP 0-9-1");
	}

	@Test
	void atLeastOnceOverAutomaticAcknowledgementIsRefused() {
		assertRefused("acknowledge mode NONE", "AUTO", "ackMode=\"AUTO\"", VerifiedListeners.ForgetfulAnalytics.class);
	}

	@Test
	void manualAcknowledgementContradictsAtLeastOnce() {
		this.simple = (factory) -> factory.setAcknowledgeMode(AcknowledgeMode.MANUAL);
		assertRefused("acknowledge mode MANUAL", "AUTO", "ackMode=\"AUTO\"", VerifiedListeners.Analytics.class);
	}

	@Test
	void retryInterceptorContradictsAtLeastOnce() {
		this.simple = (factory) -> factory.setAdviceChain(RetryInterceptorBuilder.stateless().build());
		assertRefused("retry interceptor", "counted durably", "retry.enabled=false", VerifiedListeners.Analytics.class);
	}

	@Test
	void annotationAndConfigurationMustAgree() {
		this.inboxes.configured = Semantics.AT_MOST_ONCE;
		assertRefused("@DeliverySemantics(AT_LEAST_ONCE) and semantics AT_MOST_ONCE", "one choice",
				"idempotency.flows.analytics.semantics", VerifiedListeners.Analytics.class);
	}

	@Test
	void acknowledgementOnSendingContradictsAtMostOnce() {
		this.simple = (factory) -> factory.setAcknowledgeMode(AcknowledgeMode.NONE);
		assertRefused("AT_MOST_ONCE and acknowledge mode NONE", "nobody can count what is lost", "ackMode=\"AUTO\"",
				VerifiedListeners.Telemetry.class);
	}

	@Test
	void listenerThatAcknowledgesContradictsAtMostOnce() {
		assertRefused("AT_MOST_ONCE and a parameter of type Channel", "before it is called", "Remove the parameter",
				VerifiedListeners.AcknowledgingTelemetry.class);
	}

	@Test
	void containerThatRunsAlreadyIsRefused() {
		this.context.registerBean(VerifiedListeners.RunningContainer.class, VerifiedListeners.RunningContainer::new);
		assertRefused("already runs", "starts with the application context", "do not call start()");
	}

}
