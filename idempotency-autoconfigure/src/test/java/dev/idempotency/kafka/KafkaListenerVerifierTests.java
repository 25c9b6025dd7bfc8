// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Duration;
import java.util.Map;

import dev.idempotency.flow.ContradictionException;
import dev.idempotency.flow.Flow;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.flow.Semantics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.event.ConsumerStartingEvent;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.listener.RecordInterceptor;
import org.springframework.kafka.listener.ShareKafkaMessageListenerContainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class KafkaListenerVerifierTests {

	private final ListenerApplication application = new ListenerApplication();

	@AfterEach
	void close() {
		this.application.close();
	}

	@Test
	void goodListenerIsPreparedAndListed() {
		this.application.start(new VerifiedListeners.Orders());
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
		assertThatThrownBy(() -> this.application.start(new VerifiedListeners.Later())).rootCause()
			.isInstanceOf(ContradictionException.class)
			.hasMessageContaining("a future, publisher or suspending function");
	}

	@Test
	void handlerMethodsOfOneFlowAreOneListener() {
		this.application.start(new VerifiedListeners.Handlers());
		assertThat(this.application.flow("handlers").location()).startsWith("Handlers#");
	}

	@Test
	void handlerMethodsOfSeveralFlowsAreRefused() {
		this.application.flowPerMethod();
		assertThatThrownBy(() -> this.application.start(new VerifiedListeners.Handlers())).rootCause()
			.isInstanceOf(ContradictionException.class)
			.hasMessageContaining("handler methods of different flows");
	}

	@ParameterizedTest
	@ValueSource(strings = { "text", "number" })
	void handlerMethodsOfWhichSomeAreEffectsAreRefused(String effect) {
		this.application.effectsOnlyIn(effect);
		assertThatThrownBy(() -> this.application.start(new VerifiedListeners.Handlers())).rootCause()
			.isInstanceOf(ContradictionException.class)
			.hasMessageContaining("handler methods of different semantics")
			.hasMessageContaining("undeclared");
	}

	@Test
	void unknownContainersOfEffectsAreRefused() {
		assertThatThrownBy(() -> this.application.start(new VerifiedListeners.Shared())).rootCause()
			.isInstanceOf(ContradictionException.class)
			.hasMessageContaining("a container of type " + ShareKafkaMessageListenerContainer.class.getName());
	}

	@Test
	void unknownContainersOfUndeclaredListenersAreLeftAlone() {
		this.application.semantics(null).start(new VerifiedListeners.Shared());
		assertThat(this.application.catalogue.flows()).isEmpty();
	}

	@Test
	void retryTopicsNeedAnIdentityThatTheirCopiesKeep() {
		this.application.bean(new KafkaTemplate<>(new DefaultKafkaProducerFactory<>(Map.of())));
		assertThatThrownBy(() -> this.application.start(new VerifiedListeners.Retried())).rootCause()
			.isInstanceOf(ContradictionException.class)
			.hasMessageContaining("retry topics, and topic, partition and offset as a possible identity");
	}

	@Test
	void retryTopicsKeepTheirErrorHandlerAndAreRemarked() {
		this.application.bean(new KafkaTemplate<>(new DefaultKafkaProducerFactory<>(Map.of())))
			.policy(ListenerApplication.policy(null, new FlowPolicy.Identity(null, false)))
			.start(new VerifiedListeners.Retried());
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

	@ParameterizedTest
	@EnumSource
	void containerMadeAfterTheStartIsRefusedWhenItsConsumersStart(Semantics semantics) {
		this.application.semantics(semantics).start(new VerifiedListeners.Orders());
		KafkaListenerVerifier verifier = this.application.context.getBean(KafkaListenerVerifier.class);
		verifier.onApplicationEvent(starting(this.application.container("orders")));
		ConcurrentMessageListenerContainer<Object, Object> late = late();
		assertThatExceptionOfType(ContradictionException.class)
			.isThrownBy(() -> verifier.onApplicationEvent(starting(late)))
			.withMessageContaining("Kafka listener 'late'")
			.withMessageContaining("after the application context started");
	}

	@Test
	void undeclaredContainerMadeAfterTheStartIsLeftAlone() {
		this.application.semantics(null).start(new VerifiedListeners.Orders());
		KafkaListenerVerifier verifier = this.application.context.getBean(KafkaListenerVerifier.class);
		assertThatNoException().isThrownBy(() -> verifier.onApplicationEvent(starting(late())));
	}

	private static ConcurrentMessageListenerContainer<Object, Object> late() {
		ContainerProperties properties = new ContainerProperties("orders-topic");
		properties.setMessageListener((MessageListener<Object, Object>) (record) -> {
		});
		ConcurrentMessageListenerContainer<Object, Object> late = new ConcurrentMessageListenerContainer<>(
				new DefaultKafkaConsumerFactory<>(Map.of()), properties);
		late.setBeanName("late");
		return late;
	}

	private static ConsumerStartingEvent starting(ConcurrentMessageListenerContainer<Object, Object> container) {
		return new ConsumerStartingEvent(container, container);
	}

	@Test
	void undeclaredListenerIsListedAndLeftAlone() {
		this.application.semantics(null)
			.consumer("enable.auto.commit", "true")
			.consumer("auto.offset.reset", "latest")
			.start(new VerifiedListeners.Orders());
		assertThat(this.application.catalogue.undeclared()).extracting(Flow::name).containsExactly("orders");
		assertThat(this.application.container("orders").getCommonErrorHandler()).isNull();
	}

	@Test
	void atLeastOnceKeepsAnErrorHandlerWithARecovererAndItsOffsetReset() {
		DefaultErrorHandler own = new DefaultErrorHandler((record, failure) -> {
		});
		this.application.semantics(Semantics.AT_LEAST_ONCE)
			.consumer("auto.offset.reset", "latest")
			.factory((factory) -> factory.setCommonErrorHandler(own))
			.start(new VerifiedListeners.Orders());
		assertThat(this.application.container("orders").getCommonErrorHandler()).isSameAs(own);
		assertThat(this.application.flow("orders").remarks())
			.anyMatch((remark) -> remark.contains("DefaultErrorHandler decides when a record is given up"));
	}

	@Test
	void atLeastOnceWithoutErrorHandlerLosesNothing() {
		this.application.semantics(Semantics.AT_LEAST_ONCE).start(new VerifiedListeners.Orders());
		assertThat(this.application.container("orders").getCommonErrorHandler()).isInstanceOf(EffectErrorHandler.class);
	}

	@Test
	void interceptorOfTheApplicationStays() {
		RecordInterceptor<Object, Object> own = (record, consumer) -> record;
		this.application.factory((factory) -> factory.setRecordInterceptor(own)).start(new VerifiedListeners.Orders());
		assertThat(this.application.container("orders").getRecordInterceptor()).extracting("delegate").isSameAs(own);
	}

	@Test
	void filterThatDropsRecordsIsRemarked() {
		this.application.factory((factory) -> factory.setRecordFilterStrategy((record) -> false))
			.start(new VerifiedListeners.Orders());
		assertThat(this.application.flow("orders").remarks()).anyMatch((it) -> it.contains("RecordFilterStrategy"));
	}

	@Test
	void sameFlowInTwoGroupsIsRemarked() {
		this.application.flowName("shared").start(new VerifiedListeners.TwoGroups());
		assertThat(this.application.flow("shared").remarks())
			.anyMatch((it) -> it.startsWith("consumed by several groups (one, two)"));
	}

	@Test
	void retentionBelowThatOfTheTopicIsAContradiction() {
		this.application.retention(retention(new TopicRetention(false, Duration.ofDays(31))));
		assertThatThrownBy(() -> this.application.start(new VerifiedListeners.Orders())).rootCause()
			.hasMessageContaining("retention PT720H of flow 'orders'")
			.hasMessageContaining("at least PT744H")
			.hasMessageContaining("idempotency.flows.orders.retention");
	}

	@Test
	void topicsThatKeepForEverOrDoNotAnswerAreRemarked() {
		this.application.retention(retention(new TopicRetention(true, Duration.ZERO)))
			.start(new VerifiedListeners.Orders());
		assertThat(this.application.flow("orders").remarks()).anyMatch((it) -> it.contains("for ever"));
	}

	@Test
	void brokerThatDoesNotAnswerIsRemarked() {
		this.application
			.retention(new TopicRetentionCheck(Map.of("bootstrap.servers", "127.0.0.1:1"), Duration.ofMillis(200)))
			.start(new VerifiedListeners.Orders());
		assertThat(this.application.flow("orders").remarks())
			.contains("retention of topic orders-topic unknown, not compared");
	}

	private static TopicRetentionCheck retention(TopicRetention retention) {
		return new TopicRetentionCheck((topics) -> Map.of("orders-topic", retention));
	}

}
