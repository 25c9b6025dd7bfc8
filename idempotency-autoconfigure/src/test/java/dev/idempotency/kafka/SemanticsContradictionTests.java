// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.idempotency.flow.ContradictionException;
import dev.idempotency.effect.SigningKeys;
import dev.idempotency.flow.Flow;
import dev.idempotency.flow.FlowMode;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.flow.InboxMode;
import dev.idempotency.flow.Semantics;
import dev.idempotency.flow.StoreOutage;
import dev.idempotency.flow.Verification;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.ContainerProperties.AckMode;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.CommonLoggingErrorHandler;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.transaction.KafkaAwareTransactionManager;

import org.springframework.util.backoff.FixedBackOff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.mockito.Mockito.mock;

/**
 * Containers that contradict semantics other than effectively once.
 */
class SemanticsContradictionTests {

	private final ListenerApplication application = new ListenerApplication();

	@AfterEach
	void close() {
		this.application.close();
	}

	static Stream<Arguments> settings() {
		return Stream.of(
				setting("AT_MOST_ONCE and ack mode MANUAL",
						(app) -> app.factory((factory) -> factory.getContainerProperties().setAckMode(AckMode.MANUAL))),
				setting("AT_MOST_ONCE and ack mode TIME",
						(app) -> app.factory((factory) -> factory.getContainerProperties().setAckMode(AckMode.TIME))),
				setting("AT_MOST_ONCE and asyncAcks=true",
						(app) -> app.factory((factory) -> factory.getContainerProperties().setAsyncAcks(true))),
				setting("AT_MOST_ONCE and enable.auto.commit=true",
						(app) -> app.consumer("enable.auto.commit", "true")),
				setting("AT_MOST_ONCE and container transactions by",
						(app) -> app.factory((factory) -> factory.getContainerProperties()
							.setKafkaAwareTransactionManager(mock(KafkaAwareTransactionManager.class)))),
				setting("AT_MOST_ONCE and the error handler " + DefaultErrorHandler.class.getName(),
						(app) -> app.factory((factory) -> factory.setCommonErrorHandler(new DefaultErrorHandler()))));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("settings")
	void contradictionStopsTheStart(String found, Consumer<ListenerApplication> setting) {
		setting.accept(this.application.semantics(Semantics.AT_MOST_ONCE));
		assertRefused(found, new VerifiedListeners.Orders());
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("settings")
	void fixCorrectsIt(String found, Consumer<ListenerApplication> setting) {
		setting.accept(this.application.semantics(Semantics.AT_MOST_ONCE));
		this.application.verification(Verification.FIX).start(new VerifiedListeners.Orders());
		assertThat(this.application.container("orders").getCommonErrorHandler())
			.isInstanceOf(AtMostOnceErrorHandler.class);
		assertThat(this.application.container("orders").getContainerProperties().getAckMode()).isIn(AckMode.RECORD,
				AckMode.BATCH);
	}

	@Test
	void retryTopicsRepeatWhatMustNotBe() {
		this.application.bean(new KafkaTemplate<>(new DefaultKafkaProducerFactory<>(Map.of())));
		this.application.semantics(Semantics.AT_MOST_ONCE);
		assertRefused("AT_MOST_ONCE and retry topics", new VerifiedListeners.Retried());
	}

	@Test
	void futureAsReturnTypeHidesTheEnd() {
		this.application.semantics(Semantics.AT_MOST_ONCE);
		assertRefused("AT_MOST_ONCE and a future", new VerifiedListeners.Later());
	}

	@Test
	void groupOfRecordsHasNoTransactionToShare() {
		this.application.semantics(Semantics.AT_LEAST_ONCE)
			.policy(policy(null, new FlowPolicy.Group(2, Duration.ofSeconds(1))));
		assertRefused("idempotency.flows.orders.group on a listener without effects", new VerifiedListeners.Orders());
	}

	@Test
	void annotationAndConfigurationMustAgree() {
		this.application.semantics(Semantics.AT_MOST_ONCE).policy(policy(Semantics.AT_LEAST_ONCE, null));
		assertRefused("@DeliverySemantics(AT_MOST_ONCE) and semantics AT_LEAST_ONCE in the configuration",
				new VerifiedListeners.Orders());
	}

	@Test
	void atLeastOnceMustNotAcknowledgeByItself() {
		this.application.semantics(Semantics.AT_LEAST_ONCE)
			.factory((factory) -> factory.getContainerProperties().setAckMode(AckMode.MANUAL));
		assertRefused("ack mode MANUAL", new VerifiedListeners.Orders());
	}

	static Stream<CommonErrorHandler> losing() {
		return Stream.of(new DefaultErrorHandler(), new DefaultErrorHandler(new FixedBackOff(0, 1)),
				new CommonLoggingErrorHandler());
	}

	@ParameterizedTest
	@MethodSource("losing")
	void atLeastOnceMustNotLoseWhatItGivesUp(CommonErrorHandler handler) {
		this.application.semantics(Semantics.AT_LEAST_ONCE)
			.factory((factory) -> factory.setCommonErrorHandler(handler));
		assertRefused("AT_LEAST_ONCE and the error handler " + handler.getClass().getName(),
				new VerifiedListeners.Orders());
	}

	@ParameterizedTest
	@MethodSource("losing")
	void handlerThatWouldLoseIsReplacedWhereThatIsAskedFor(CommonErrorHandler handler) {
		this.application.semantics(Semantics.AT_LEAST_ONCE)
			.factory((factory) -> factory.setCommonErrorHandler(handler))
			.verification(Verification.FIX)
			.start(new VerifiedListeners.Orders());
		assertThat(this.application.container("orders").getCommonErrorHandler()).isInstanceOf(EffectErrorHandler.class);
	}

	@ParameterizedTest
	@EnumSource(value = Semantics.class, names = { "AT_LEAST_ONCE", "AT_MOST_ONCE" })
	void signedIdsProtectNothingWithoutAnEffect(Semantics semantics) {
		SigningKeys keys = new SigningKeys(Map.of("one", new byte[32]), "one");
		this.application.semantics(semantics)
			.policy(ListenerApplication.policy(null, new FlowPolicy.Identity(null, true, keys)));
		assertRefused("idempotency.flows.orders.signed-ids=required on a listener without effects",
				new VerifiedListeners.Orders());
	}

	@ParameterizedTest
	@EnumSource(value = Semantics.class, names = { "AT_LEAST_ONCE", "AT_MOST_ONCE" })
	void nothingIsProtectedThatCouldPassThrough(Semantics semantics) {
		this.application.semantics(semantics).policy(policy(FlowMode.ACTIVE, StoreOutage.PASS_THROUGH));
		assertRefused("idempotency.flows.orders.on-store-outage=pass-through on a listener without effects",
				new VerifiedListeners.Orders());
	}

	@Test
	void listenerNobodyDeclaredHasNoShadow() {
		this.application.semantics(null).policy(policy(FlowMode.SHADOW, StoreOutage.STALL));
		assertRefused("idempotency.flows.orders.mode=shadow, but nobody declared its semantics",
				new VerifiedListeners.Orders());
	}

	@Test
	void effectInsideOfAListenersOwnCodeHasNoShadow() {
		this.application.semantics(Semantics.EFFECTIVELY_ONCE).policy(policy(FlowMode.SHADOW, StoreOutage.STALL));
		assertRefused("idempotency.flows.orders.mode=shadow, but a method without @ExactlyOnceEffect",
				new VerifiedListeners.Orders());
	}

	private static FlowPolicy policy(FlowMode mode, StoreOutage outage) {
		FlowPolicy plain = ListenerApplication.policy(null, new FlowPolicy.Identity(null, true));
		return new FlowPolicy(null, "", "", plain.retention(), plain.waitFor(), plain.identity(), plain.retry(),
				InboxMode.AUTO, null, mode, outage);
	}

	@Test
	void catalogueSaysHowRecordsAreAcknowledged() {
		this.application.semantics(Semantics.AT_MOST_ONCE)
			.consumer("auto.offset.reset", null)
			.start(new VerifiedListeners.Orders());
		Flow flow = this.application.flow("orders");
		assertThat(flow.semantics()).isEqualTo(Semantics.AT_MOST_ONCE);
		assertThat(flow.mechanism()).contains("offset committed and answered before the listener, for each record");
		assertThat(flow.boundary()).contains("as long as the broker keeps the offsets");
		assertThat(flow.remarks()).anyMatch((remark) -> remark.contains("begins at the end"));
	}

	@Test
	void catalogueSaysWhoDecidesAboutFailures() {
		this.application.semantics(Semantics.AT_LEAST_ONCE)
			.factory((factory) -> factory.setCommonErrorHandler(new DefaultErrorHandler((record, failure) -> {
			})))
			.start(new VerifiedListeners.Orders());
		assertThat(this.application.flow("orders").mechanism())
			.contains("failures are up to the application's DefaultErrorHandler");
	}

	private void assertRefused(String found, Object listener) {
		assertThatThrownBy(() -> this.application.start(listener)).rootCause()
			.isInstanceOfSatisfying(ContradictionException.class,
					(ex) -> assertThat(ex.contradictions()).anySatisfy((contradiction) -> {
						assertThat(contradiction.found()).startsWith(found);
						assertThat(contradiction.fix()).isNotBlank();
					}));
	}

	private static FlowPolicy policy(Semantics semantics, FlowPolicy.Group group) {
		FlowPolicy plain = ListenerApplication.policy(semantics, new FlowPolicy.Identity(null, true));
		return new FlowPolicy(semantics, "", "", plain.retention(), plain.waitFor(), plain.identity(), plain.retry(),
				InboxMode.AUTO, group);
	}

	private static Arguments setting(String found, Consumer<ListenerApplication> setting) {
		return arguments(found, setting);
	}

}
