// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.idempotency.delivery.ListenerFlow;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.flow.Semantics;
import dev.idempotency.flow.Verification;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.ApplicationContextException;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.listener.ContainerProperties.AckMode;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.KafkaListenerErrorHandler;
import org.springframework.kafka.transaction.KafkaAwareTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.mockito.Mockito.mock;

class KafkaListenerContradictionTests {

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
						(app) -> app.factory(KafkaListenerContradictionTests::transactions)),
				contradiction("the error handler " + DefaultErrorHandler.class.getName(), "the one of this library",
						(app) -> app.factory((factory) -> factory.setCommonErrorHandler(new DefaultErrorHandler()))));
	}

	static Stream<Arguments> refused() {
		return Stream.of(contradiction("no group.id", "a group.id", (app) -> app.consumer("group.id", null)),
				contradiction("a batch listener whose method takes no list", "a List or ConsumerRecords parameter",
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
		assertThatThrownBy(() -> this.application.start(new VerifiedListeners.Orders()))
			.isInstanceOf(ApplicationContextException.class)
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
		this.application.verification(Verification.FIX).start(new VerifiedListeners.Orders());
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
		assertThatThrownBy(() -> this.application.start(new VerifiedListeners.Orders())).rootCause()
			.isInstanceOf(ContradictionException.class)
			.hasMessageContaining(found);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource({ "correctable", "refused" })
	void warnLeavesItAsItIs(String found, String needed, Consumer<ListenerApplication> setting) {
		setting.accept(this.application);
		this.application.verification(Verification.WARN).start(new VerifiedListeners.Orders());
		assertThat(this.application.flow("orders").semantics()).isEqualTo(Semantics.EFFECTIVELY_ONCE);
	}

	@Test
	void kafkaTransactionsAreRefused() {
		KafkaAwareTransactionManager<Object, Object> manager = mock();
		this.application
			.factory((factory) -> factory.getContainerProperties().setKafkaAwareTransactionManager(manager));
		assertThatThrownBy(() -> this.application.start(new VerifiedListeners.Orders())).rootCause()
			.isInstanceOf(ContradictionException.class)
			.hasMessageContaining("container transactions by")
			.hasMessageContaining("transaction-id-prefix");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void errorHandlerThatCouldKeepFailuresFromTheContainerIsRefused(boolean filtered) {
		this.application.bean((KafkaListenerErrorHandler) (message, failure) -> "forgiven");
		if (filtered) {
			this.application.factory((factory) -> factory.setRecordFilterStrategy((record) -> false));
		}
		assertThatThrownBy(() -> this.application.start(new VerifiedListeners.Handled())).rootCause()
			.isInstanceOf(ContradictionException.class)
			.hasMessageContaining("a KafkaListenerErrorHandler")
			.hasMessageContaining("Remove errorHandler from the listener");
	}

	@Test
	void errorHandlerOfAListenerWithoutAnEffectIsItsOwnAffair() {
		this.application.semantics(Semantics.AT_LEAST_ONCE)
			.bean((KafkaListenerErrorHandler) (message, failure) -> "forgiven")
			.start(new VerifiedListeners.Handled());
		assertThat(this.application.flow("orders").semantics()).isEqualTo(Semantics.AT_LEAST_ONCE);
	}

	@ParameterizedTest
	@EnumSource
	void listenerThatRunsOnAnotherThreadIsRefused(Semantics semantics) {
		this.application.semantics(semantics).async();
		assertThatThrownBy(() -> this.application.start(new VerifiedListeners.Orders())).rootCause()
			.isInstanceOf(ContradictionException.class)
			.hasMessageContaining("@Async on the listener's method");
	}

	@Test
	void listenerWithoutDeclaredSemanticsMayRunAnywhere() {
		this.application.semantics(null).async().start(new VerifiedListeners.Orders());
		assertThat(this.application.catalogue.undeclared()).hasSize(1);
	}

	@Test
	void atLeastOnceMustNotAcknowledgeBefore() {
		this.application.semantics(Semantics.AT_LEAST_ONCE).consumer("enable.auto.commit", "true");
		assertThatThrownBy(() -> this.application.start(new VerifiedListeners.Orders())).rootCause()
			.hasMessageContaining("enable.auto.commit=true");
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
