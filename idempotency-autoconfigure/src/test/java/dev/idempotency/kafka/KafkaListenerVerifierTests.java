// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.idempotency.delivery.ListenerFlow;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.flow.Flow;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.flow.Semantics;
import dev.idempotency.flow.Verification;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.context.ApplicationContextException;
import org.springframework.kafka.annotation.KafkaHandler;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.annotation.RetryableTopic;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.event.ConsumerStartingEvent;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.ContainerProperties.AckMode;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.listener.RecordInterceptor;
import org.springframework.kafka.listener.ShareKafkaMessageListenerContainer;
import org.springframework.kafka.transaction.KafkaAwareTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class KafkaListenerVerifierTests {

	private final ListenerApplication application = new ListenerApplication();

	@AfterEach
	void close() {
		this.application.close();
	}

	static Stream<Arguments> correctable() {
		return Stream.of(
				contradiction("ack mode MANUAL", "RECORD or BATCH",
						(app) -> app.factory((factory) -> factory.getContainerProperties().setAckMode(AckMode.MANUAL))),
				contradiction("ack mode COUNT", "RECORD or BATCH",
						(app) -> app.factory((factory) -> factory.getContainerProperties().setAckMode(AckMode.COUNT))),
				contradiction("asyncAcks=true", "asyncAcks=false",
						(app) -> app.factory((factory) -> factory.getContainerProperties().setAsyncAcks(true))),
				contradiction("syncCommits=false", "syncCommits=true",
						(app) -> app.factory((factory) -> factory.getContainerProperties().setSyncCommits(false))),
				contradiction("enable.auto.commit=true", "enable.auto.commit=false",
						(app) -> app.consumer("enable.auto.commit", "true")),
				contradiction("auto.offset.reset=latest (the default)", "auto.offset.reset=earliest",
						(app) -> app.consumer("auto.offset.reset", null)),
				contradiction("auto.offset.reset=by_duration:PT1H", "auto.offset.reset=earliest",
						(app) -> app.consumer("auto.offset.reset", "by_duration:PT1H")),
				contradiction("container transactions by " + NoTransactions.class.getName(),
						"no transaction manager on the container",
						(app) -> app.factory(KafkaListenerVerifierTests::transactions)),
				contradiction("the error handler " + DefaultErrorHandler.class.getName(), "the one of this library",
						(app) -> app.factory((factory) -> factory.setCommonErrorHandler(new DefaultErrorHandler()))));
	}

	static Stream<Arguments> refused() {
		return Stream.of(contradiction("no group.id", "a group.id", (app) -> app.consumer("group.id", null)),
				contradiction("a batch listener", "a record listener",
						(app) -> app.factory((factory) -> factory.setBatchListener(true))),
				contradiction("max.poll.interval.ms=9000", "more than twice the longest wait",
						(app) -> app.consumer("max.poll.interval.ms", "9000")),
				contradiction("@ExactlyOnceEffect and semantics AT_LEAST_ONCE in the configuration", "EFFECTIVELY_ONCE",
						(app) -> app.policy(ListenerApplication.policy(Semantics.AT_LEAST_ONCE,
								new FlowPolicy.Identity(null, false)))));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource({ "correctable", "refused" })
	void contradictionStopsTheStart(String found, String needed, Consumer<ListenerApplication> setting) {
		setting.accept(this.application);
		assertThatThrownBy(() -> this.application.start(new Orders())).isInstanceOf(ApplicationContextException.class)
			.rootCause()
			.isInstanceOfSatisfying(ContradictionException.class,
					(ex) -> assertThat(ex.contradictions()).singleElement().satisfies((contradiction) -> {
						assertThat(contradiction.where()).isEqualTo("Kafka listener 'orders' (Orders#on)");
						assertThat(contradiction.found()).isEqualTo(found);
						assertThat(contradiction.needed()).startsWith(needed);
						assertThat(contradiction.fix()).isNotBlank();
					}));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("correctable")
	void fixCorrectsWhatCanBeCorrected(String found, String needed, Consumer<ListenerApplication> setting) {
		setting.accept(this.application);
		this.application.verification(Verification.FIX).start(new Orders());
		InspectedListener corrected = new InspectedListener("orders", this.application.container("orders"),
				flow("orders"), ListenerApplication.policy(null, new FlowPolicy.Identity(null, false)));
		assertThat(ContainerChecks.of(corrected)).isEmpty();
		assertThat(corrected.container().getCommonErrorHandler()).isInstanceOf(EffectErrorHandler.class);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("refused")
	void fixStopsTheStartForTheRest(String found, String needed, Consumer<ListenerApplication> setting) {
		setting.accept(this.application);
		this.application.verification(Verification.FIX);
		assertThatThrownBy(() -> this.application.start(new Orders())).rootCause()
			.isInstanceOf(ContradictionException.class)
			.hasMessageContaining(found);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource({ "correctable", "refused" })
	void warnLeavesItAsItIs(String found, String needed, Consumer<ListenerApplication> setting) {
		setting.accept(this.application);
		this.application.verification(Verification.WARN).start(new Orders());
		assertThat(this.application.flow("orders").semantics()).isEqualTo(Semantics.EFFECTIVELY_ONCE);
	}

	@Test
	void goodListenerIsPreparedAndListed() {
		this.application.start(new Orders());
		assertThat(this.application.container("orders").getRecordInterceptor()).isInstanceOf(DeliveryInterceptor.class);
		assertThat(this.application.container("orders").getCommonErrorHandler()).isInstanceOf(EffectErrorHandler.class);
		Flow flow = this.application.flow("orders");
		assertThat(flow.kind()).isEqualTo(Flow.Kind.KAFKA_LISTENER);
		assertThat(flow.location()).isEqualTo("Orders#on from orders-topic (group shop)");
		assertThat(flow.mechanism()).contains("inbox", "ack mode BATCH");
		assertThat(flow.boundary()).contains("DataSource 'test'");
		assertThat(flow.retention()).isEqualTo(Duration.ofDays(30));
		assertThat(flow.owner()).isEqualTo("team");
		assertThat(flow.rationale()).isEqualTo("because");
		assertThat(flow.remarks()).anyMatch((remark) -> remark.contains("recognises redeliveries only"))
			.anyMatch((remark) -> remark.contains("isolation.level=read_committed"));
	}

	@Test
	void futureAsReturnTypeIsRefused() {
		assertThatThrownBy(() -> this.application.start(new Later())).rootCause()
			.isInstanceOf(ContradictionException.class)
			.hasMessageContaining("a future, publisher or suspending function");
	}

	@Test
	void handlerMethodsOfOneFlowAreOneListener() {
		this.application.start(new Handlers());
		assertThat(this.application.flow("handlers").location()).startsWith("Handlers#");
	}

	@Test
	void handlerMethodsOfSeveralFlowsAreRefused() {
		this.application.flowPerMethod();
		assertThatThrownBy(() -> this.application.start(new Handlers())).rootCause()
			.isInstanceOf(ContradictionException.class)
			.hasMessageContaining("handler methods of different flows");
	}

	@Test
	void kafkaTransactionsAreRefused() {
		KafkaAwareTransactionManager<Object, Object> manager = mock();
		this.application
			.factory((factory) -> factory.getContainerProperties().setKafkaAwareTransactionManager(manager));
		assertThatThrownBy(() -> this.application.start(new Orders())).rootCause()
			.isInstanceOf(ContradictionException.class)
			.hasMessageContaining("container transactions by")
			.hasMessageContaining("transaction-id-prefix");
	}

	@Test
	void unknownContainersOfEffectsAreRefused() {
		assertThatThrownBy(() -> this.application.start(new Shared())).rootCause()
			.isInstanceOf(ContradictionException.class)
			.hasMessageContaining("a container of type " + ShareKafkaMessageListenerContainer.class.getName());
	}

	@Test
	void unknownContainersOfUndeclaredListenersAreLeftAlone() {
		this.application.semantics(null).start(new Shared());
		assertThat(this.application.catalogue.flows()).isEmpty();
	}

	@Test
	void retryTopicsNeedAnIdentityThatTheirCopiesKeep() {
		this.application.bean(new KafkaTemplate<>(new DefaultKafkaProducerFactory<>(Map.of())));
		assertThatThrownBy(() -> this.application.start(new Retried())).rootCause()
			.isInstanceOf(ContradictionException.class)
			.hasMessageContaining("retry topics, and topic, partition and offset as a possible identity");
	}

	@Test
	void retryTopicsKeepTheirErrorHandlerAndAreRemarked() {
		this.application.bean(new KafkaTemplate<>(new DefaultKafkaProducerFactory<>(Map.of())))
			.policy(ListenerApplication.policy(null, new FlowPolicy.Identity(null, false)))
			.start(new Retried());
		assertThat(this.application.container("retried").getCommonErrorHandler()).isNotNull()
			.isNotInstanceOf(EffectErrorHandler.class);
		assertThat(this.application.catalogue.flows()).anySatisfy(
				(flow) -> assertThat(flow.remarks()).anyMatch((it) -> it.startsWith("retry topics: every failure")));
	}

	@Test
	void containerThatRunsAlreadyIsRefused() {
		ConcurrentMessageListenerContainer<Object, Object> running = mock();
		ContainerProperties properties = new ContainerProperties("orders-topic");
		properties.setMessageListener((MessageListener<Object, Object>) (record) -> {
		});
		given(running.getListenerId()).willReturn("orders");
		given(running.getGroupId()).willReturn("shop");
		given(running.getContainerProperties()).willReturn(properties);
		given(running.isRunning()).willReturn(true);
		this.application.container(running);
		assertThatThrownBy(() -> this.application.start(new Object())).rootCause()
			.isInstanceOf(ContradictionException.class)
			.hasMessageContaining("a container that already runs");
	}

	@Test
	void containerMadeAfterTheStartIsRefusedWhenItsConsumersStart() {
		this.application.start(new Orders());
		KafkaListenerVerifier verifier = this.application.context.getBean(KafkaListenerVerifier.class);
		verifier.onApplicationEvent(starting(this.application.container("orders")));
		ContainerProperties properties = new ContainerProperties("orders-topic");
		properties.setMessageListener((MessageListener<Object, Object>) (record) -> {
		});
		ConcurrentMessageListenerContainer<Object, Object> late = new ConcurrentMessageListenerContainer<>(
				new DefaultKafkaConsumerFactory<>(Map.of()), properties);
		late.setBeanName("late");
		assertThatExceptionOfType(ContradictionException.class)
			.isThrownBy(() -> verifier.onApplicationEvent(starting(late)))
			.withMessageContaining("Kafka listener 'late'")
			.withMessageContaining("after the application context started");
	}

	private static ConsumerStartingEvent starting(ConcurrentMessageListenerContainer<Object, Object> container) {
		return new ConsumerStartingEvent(container, container);
	}

	@Test
	void undeclaredListenerIsListedAndLeftAlone() {
		this.application.semantics(null)
			.consumer("enable.auto.commit", "true")
			.consumer("auto.offset.reset", "latest")
			.start(new Orders());
		assertThat(this.application.catalogue.undeclared()).extracting(Flow::name).containsExactly("orders");
		assertThat(this.application.container("orders").getCommonErrorHandler()).isNull();
	}

	@Test
	void atLeastOnceMustNotAcknowledgeBefore() {
		this.application.semantics(Semantics.AT_LEAST_ONCE).consumer("enable.auto.commit", "true");
		assertThatThrownBy(() -> this.application.start(new Orders())).rootCause()
			.hasMessageContaining("enable.auto.commit=true");
	}

	@Test
	void atLeastOnceKeepsItsOwnErrorHandlerAndOffsetReset() {
		DefaultErrorHandler own = new DefaultErrorHandler();
		this.application.semantics(Semantics.AT_LEAST_ONCE)
			.consumer("auto.offset.reset", "latest")
			.factory((factory) -> factory.setCommonErrorHandler(own))
			.start(new Orders());
		assertThat(this.application.container("orders").getCommonErrorHandler()).isSameAs(own);
	}

	@Test
	void atLeastOnceWithoutErrorHandlerLosesNothing() {
		this.application.semantics(Semantics.AT_LEAST_ONCE).start(new Orders());
		assertThat(this.application.container("orders").getCommonErrorHandler()).isInstanceOf(EffectErrorHandler.class);
	}

	@Test
	void interceptorOfTheApplicationStays() {
		RecordInterceptor<Object, Object> own = (record, consumer) -> record;
		this.application.factory((factory) -> factory.setRecordInterceptor(own)).start(new Orders());
		assertThat(this.application.container("orders").getRecordInterceptor()).extracting("delegate").isSameAs(own);
	}

	@Test
	void filterThatDropsRecordsIsRemarked() {
		this.application.factory((factory) -> factory.setRecordFilterStrategy((record) -> false)).start(new Orders());
		assertThat(this.application.flow("orders").remarks()).anyMatch((it) -> it.contains("RecordFilterStrategy"));
	}

	@Test
	void sameFlowInTwoGroupsIsRemarked() {
		this.application.flowName("shared").start(new TwoGroups());
		assertThat(this.application.flow("shared").remarks())
			.anyMatch((it) -> it.startsWith("consumed by several groups (one, two)"));
	}

	@Test
	void retentionBelowThatOfTheTopicIsAContradiction() {
		this.application.retention(retention(new TopicRetention(false, Duration.ofDays(31))));
		assertThatThrownBy(() -> this.application.start(new Orders())).rootCause()
			.hasMessageContaining("retention PT720H of flow 'orders'")
			.hasMessageContaining("at least PT744H")
			.hasMessageContaining("idempotency.flows.orders.retention");
	}

	@Test
	void topicsThatKeepForEverOrDoNotAnswerAreRemarked() {
		this.application.retention(retention(new TopicRetention(true, Duration.ZERO))).start(new Orders());
		assertThat(this.application.flow("orders").remarks()).anyMatch((it) -> it.contains("for ever"));
	}

	@Test
	void brokerThatDoesNotAnswerIsRemarked() {
		this.application
			.retention(new TopicRetentionCheck(Map.of("bootstrap.servers", "127.0.0.1:1"), Duration.ofMillis(200)))
			.start(new Orders());
		assertThat(this.application.flow("orders").remarks())
			.contains("retention of topic orders-topic unknown, not compared");
	}

	private static TopicRetentionCheck retention(TopicRetention retention) {
		return new TopicRetentionCheck((topics) -> Map.of("orders-topic", retention));
	}

	private static Arguments contradiction(String found, String needed, Consumer<ListenerApplication> setting) {
		return arguments(found, needed, setting);
	}

	private static ListenerFlow flow(String name) {
		return new ListenerFlow(name, true, false, Semantics.EFFECTIVELY_ONCE, "", "", "test");
	}

	@SuppressWarnings("removal")
	private static void transactions(ConcurrentKafkaListenerContainerFactory<Object, Object> factory) {
		PlatformTransactionManager manager = new NoTransactions();
		factory.getContainerProperties().setTransactionManager(manager);
	}

	static class Orders {

		@KafkaListener(id = "orders", idIsGroup = false, topics = "orders-topic")
		void on(String order) {
		}

	}

	static class Later {

		@KafkaListener(id = "orders", idIsGroup = false, topics = "orders-topic")
		CompletableFuture<Void> on(String order) {
			return CompletableFuture.completedFuture(null);
		}

	}

	static class Shared {

		@KafkaListener(id = "shared", topics = "orders-topic", containerFactory = "shareFactory")
		void on(String order) {
		}

	}

	static class Retried {

		@RetryableTopic
		@KafkaListener(id = "retried", idIsGroup = false, topics = "orders-topic")
		void on(String order) {
		}

	}

	static class TwoGroups {

		@KafkaListener(id = "a", groupId = "one", topics = "orders-topic")
		void one(String order) {
		}

		@KafkaListener(id = "b", groupId = "two", topics = "orders-topic")
		void two(String order) {
		}

	}

	@KafkaListener(id = "handlers", idIsGroup = false, topics = "orders-topic")
	static class Handlers {

		@KafkaHandler
		void text(String order) {
		}

		@KafkaHandler
		void number(Integer order) {
		}

	}

	static class NoTransactions extends AbstractPlatformTransactionManager {

		@Override
		protected Object doGetTransaction() {
			return this;
		}

		@Override
		protected void doBegin(Object transaction, TransactionDefinition definition) {
		}

		@Override
		protected void doCommit(DefaultTransactionStatus status) {
		}

		@Override
		protected void doRollback(DefaultTransactionStatus status) {
		}

	}

}
