// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import dev.idempotency.delivery.FlowSwitch;
import dev.idempotency.effect.SigningKeys;
import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.flow.Flow;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.flow.FlowMode;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.flow.Semantics;
import dev.idempotency.flow.Verification;
import org.aopalliance.aop.Advice;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.core.MessageListenerContainer;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.rabbit.config.AbstractRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.config.DirectRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.config.RetryInterceptorBuilder;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.amqp.rabbit.retry.RejectAndDontRequeueRecoverer;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.context.ApplicationContextException;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.transaction.PlatformTransactionManager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class RabbitListenerVerifierTests {

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	private final Inboxes inboxes = new Inboxes();

	private Consumer<SimpleRabbitListenerContainerFactory> simple = (factory) -> {
	};

	@AfterEach
	void close() {
		this.context.close();
	}

	@Test
	void factoriesAsTheyComeAreFine() {
		start(Verification.FAIL, VerifiedListeners.Shipping.class);
		AbstractMessageListenerContainer container = container();
		assertThat(ContainerInternals.adviceChain(container)).singleElement().isInstanceOf(RabbitDeliveryAdvice.class);
		assertThat(ContainerInternals.prefetch(container)).isEqualTo(50);
	}

	@Test
	void ourAdviceComesFirstOnceAndNothingElseIsReplaced() {
		MethodInterceptor theirs = (invocation) -> invocation.proceed();
		this.simple = (factory) -> {
			factory.setAdviceChain(theirs);
			factory.setPrefetchCount(7);
		};
		start(Verification.FAIL, VerifiedListeners.Shipping.class);
		Advice[] chain = ContainerInternals.adviceChain(container());
		assertThat(chain).hasSize(2);
		assertThat(chain[0]).isInstanceOf(RabbitDeliveryAdvice.class);
		assertThat(chain[1]).isSameAs(theirs);
		assertThat(ContainerInternals.prefetch(container())).isEqualTo(7);
		var factory = this.context.getBean(SimpleRabbitListenerContainerFactory.class);
		this.context.getBean(RabbitFactoryPostProcessor.class).postProcessAfterInitialization(factory, "again");
		assertThat(factory.getAdviceChain()).hasSize(2);
	}

	@Test
	void containersDeclaredAsBeansGetTheAdviceToo() {
		this.context.registerBean("orders", SimpleMessageListenerContainer.class, () -> {
			SimpleMessageListenerContainer container = new SimpleMessageListenerContainer(Mockito.mock());
			container.setQueueNames("orders");
			container.setAutoStartup(false);
			container.setMessageListener(new VerifiedListeners.HandWritten());
			return container;
		});
		start(Verification.FAIL);
		assertThat(ContainerInternals.adviceChain(this.context.getBean(SimpleMessageListenerContainer.class)))
			.singleElement()
			.isInstanceOf(RabbitDeliveryAdvice.class);
		assertThat(catalogue()).singleElement().extracting(Flow::name).isEqualTo("hand-written");
	}

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
	void listenersWithoutSemanticsMayDoWhatTheyLike() {
		this.simple = (factory) -> factory.setAcknowledgeMode(AcknowledgeMode.MANUAL);
		assertThatNoException().isThrownBy(() -> start(Verification.FAIL, VerifiedListeners.Undeclared.class));
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
	void messagesOfAtMostOnceAreAcknowledgedByTheLibrary() {
		start(Verification.FAIL, VerifiedListeners.Telemetry.class);
		assertThat(container().getAcknowledgeMode()).isEqualTo(AcknowledgeMode.MANUAL);
		assertThat(catalogue()).singleElement().satisfies((flow) -> {
			assertThat(flow.mechanism()).contains("acknowledged and answered before the listener");
			assertThat(flow.boundary()).contains("as long as the broker keeps the acknowledgements");
		});
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
	void warningLetsTheApplicationStart() {
		this.simple = (factory) -> factory.setAcknowledgeMode(AcknowledgeMode.MANUAL);
		start(Verification.WARN, VerifiedListeners.Shipping.class);
		assertThat(container().getAcknowledgeMode()).isEqualTo(AcknowledgeMode.MANUAL);
	}

	@Test
	void fixingCorrectsWhatCanBeCorrected() {
		this.simple = (factory) -> {
			factory.setAcknowledgeMode(AcknowledgeMode.MANUAL);
			factory.setChannelTransacted(true);
			factory.setContainerCustomizer(
					(container) -> container.setAdviceChain(RetryInterceptorBuilder.stateless().build()));
		};
		start(Verification.FIX, VerifiedListeners.Shipping.class);
		AbstractMessageListenerContainer container = container();
		assertThat(container.getAcknowledgeMode()).isEqualTo(AcknowledgeMode.AUTO);
		assertThat(container.isChannelTransacted()).isFalse();
		assertThat(ContainerInternals.adviceChain(container)).containsExactly(ours());
		assertThat(ReflectionTestUtils.getField(container, "proxy")).isInstanceOfSatisfying(Advised.class,
				(proxy) -> assertThat(proxy.getAdvisors()).singleElement()
					.extracting(Advisor::getAdvice)
					.isSameAs(ours()));
	}

	@Test
	void pausedFlowDoesNotStartByItself() {
		this.inboxes.mode = FlowMode.PAUSED;
		start(Verification.FAIL, VerifiedListeners.Shipping.class);
		assertThat(container().isAutoStartup()).isFalse();
		assertThat(catalogue()).singleElement()
			.satisfies((flow) -> assertThat(flow.remarks()).contains("paused on this node when it starts"));
		FlowSwitch flows = this.context.getBean(RabbitListenerVerifier.class).flowSwitch();
		assertThat(flows.modes()).containsExactly(Map.entry("shipping", FlowMode.PAUSED));
		assertThat(flows.change("another", FlowMode.ACTIVE)).isFalse();
	}

	@Test
	void containerThatRunsAlreadyIsRefused() {
		this.context.registerBean(VerifiedListeners.RunningContainer.class, VerifiedListeners.RunningContainer::new);
		assertRefused("already runs", "starts with the application context", "do not call start()");
	}

	@Test
	void fixingStopsForTheRest() {
		this.simple = (factory) -> factory.setAcknowledgeMode(AcknowledgeMode.MANUAL);
		List<Contradiction> left = failure(Verification.FIX, VerifiedListeners.Replying.class);
		assertThat(left).singleElement()
			.satisfies((contradiction) -> assertThat(contradiction.found()).contains("returns a value"));
	}

	@Test
	void everyListenerHasItsRowInTheCatalogue() {
		start(Verification.FAIL, VerifiedListeners.Shipping.class, VerifiedListeners.Analytics.class,
				VerifiedListeners.Undeclared.class);
		assertThat(catalogue()).extracting(Flow::name).containsExactly("analytics", "shipping", "undeclared");
		Flow shipping = catalogue().get(1);
		assertThat(shipping.kind()).isEqualTo(Flow.Kind.RABBIT_LISTENER);
		assertThat(shipping.semantics()).isEqualTo(Semantics.EFFECTIVELY_ONCE);
		assertThat(shipping.location()).isEqualTo("Shipping.ship");
		assertThat(shipping.mechanism()).contains("AUTO").contains("inbox").contains("3 durable attempts");
		assertThat(shipping.retention()).isNotNull();
		assertThat(shipping.remarks()).contains("identity: CloudEvents source and id, AMQP message_id")
			.contains("queue 'orders' is not declared here and was not checked");
		Flow analytics = catalogue().get(0);
		assertThat(analytics.semantics()).isEqualTo(Semantics.AT_LEAST_ONCE);
		assertThat(analytics.owner()).isEqualTo("data");
		assertThat(analytics.rationale()).isEqualTo("counts may be off by a few");
		assertThat(this.context.getBean(FlowCatalogue.class).undeclared()).singleElement()
			.extracting(Flow::location)
			.isEqualTo("Undeclared.receive");
	}

	@Test
	void catalogueSaysWhatADeclaredQueueLoses() {
		this.context.registerBean("orders", Queue.class,
				() -> QueueBuilder.nonDurable("orders").autoDelete().withArgument("x-delivery-limit", 3).build());
		start(Verification.FAIL, VerifiedListeners.Shipping.class);
		assertThat(catalogue().get(0).remarks()).anyMatch((remark) -> remark.contains("not durable"))
			.anyMatch((remark) -> remark.contains("auto-delete"))
			.anyMatch((remark) -> remark.contains("delivery limit of 3"));
	}

	@Test
	void directContainersAreVerifiedToo() {
		this.context.registerBean("direct", DirectRabbitListenerContainerFactory.class, () -> {
			DirectRabbitListenerContainerFactory factory = new DirectRabbitListenerContainerFactory();
			offline(factory);
			factory.setAcknowledgeMode(AcknowledgeMode.NONE);
			return factory;
		});
		assertRefused("acknowledge mode NONE", "AUTO", "ackMode=\"AUTO\"", VerifiedListeners.Direct.class);
	}

	private void assertRefused(String found, String needed, String fix, Class<?>... listeners) {
		assertThat(failure(Verification.FAIL, listeners)).singleElement().satisfies((contradiction) -> {
			assertThat(contradiction.where()).contains("RabbitMQ listener '");
			assertThat(contradiction.found()).contains(found);
			assertThat(contradiction.needed()).contains(needed);
			assertThat(contradiction.fix()).contains(fix);
		});
	}

	private List<Contradiction> failure(Verification verification, Class<?>... listeners) {
		ApplicationContextException failure = catchThrowableOfType(ApplicationContextException.class,
				() -> start(verification, listeners));
		assertThat(failure).hasRootCauseInstanceOf(ContradictionException.class);
		return ((ContradictionException) failure.getCause()).contradictions();
	}

	private void start(Verification verification, Class<?>... listeners) {
		this.context.register(RabbitWiring.class);
		this.context.registerBean(Inboxes.class, () -> this.inboxes);
		this.context.registerBean(RabbitListenerSettings.class, () -> RabbitListenerSettings.DEFAULTS);
		this.context.registerBean(Verification.class, () -> verification);
		this.context.registerBean("rabbitListenerContainerFactory", SimpleRabbitListenerContainerFactory.class, () -> {
			SimpleRabbitListenerContainerFactory factory = new SimpleRabbitListenerContainerFactory();
			offline(factory);
			this.simple.accept(factory);
			return factory;
		});
		Arrays.stream(listeners).forEach(this.context::register);
		this.context.refresh();
	}

	private static void offline(AbstractRabbitListenerContainerFactory<?> factory) {
		factory.setConnectionFactory(Mockito.mock(ConnectionFactory.class));
		factory.setAutoStartup(false);
	}

	private RabbitDeliveryAdvice ours() {
		return this.context.getBean(RabbitDeliveryAdvice.class);
	}

	private AbstractMessageListenerContainer container() {
		return (AbstractMessageListenerContainer) this.context.getBean(RabbitListenerEndpointRegistry.class)
			.getListenerContainers()
			.iterator()
			.next();
	}

	private List<Flow> catalogue() {
		return this.context.getBean(FlowCatalogue.class).flows();
	}

}
