// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.idempotency.flow.ContradictionException;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.flow.InboxMode;
import dev.idempotency.flow.Semantics;
import dev.idempotency.flow.Verification;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.ContainerProperties.AckMode;
import org.springframework.kafka.listener.KafkaListenerErrorHandler;
import org.springframework.kafka.listener.adapter.DefaultBatchToRecordAdapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What records that share a transaction do not go with.
 */
class GroupContradictionTests {

	private final ListenerApplication application = new ListenerApplication();

	@AfterEach
	void close() {
		this.application.close();
	}

	static Stream<Arguments> refused() {
		return Stream.of(
				refused("records in groups behind a listener that is no @KafkaListener method, or has a filter",
						new VerifiedListeners.Orders(),
						(app) -> grouped(app).factory((factory) -> factory.setRecordFilterStrategy((record) -> false))),
				refused("records in groups and several @KafkaHandler methods", new VerifiedListeners.Handlers(),
						(app) -> grouped(app).flowName("orders")),
				refused("a KafkaListenerErrorHandler", new VerifiedListeners.Handled(),
						(app) -> grouped(app).groups()
							.bean((KafkaListenerErrorHandler) (message, failure) -> "forgiven")),
				refused("records in groups and retry topics", new VerifiedListeners.Retried(),
						(app) -> grouped(app).bean(new KafkaTemplate<>(new DefaultKafkaProducerFactory<>(Map.of())))),
				refused("records in groups and ack mode RECORD", new VerifiedListeners.Orders(),
						(app) -> grouped(app).groups()
							.factory((factory) -> factory.getContainerProperties().setAckMode(AckMode.RECORD))),
				refused("records in groups without @ExactlyOnceEffect", new VerifiedListeners.Orders(),
						(app) -> grouped(app).semantics(Semantics.EFFECTIVELY_ONCE)),
				refused("a batch listener without @ExactlyOnceEffect", new Batch(),
						(app) -> app.semantics(Semantics.EFFECTIVELY_ONCE)),
				refused("a batch listener and idempotency.flows.orders.group", new Batch(),
						GroupContradictionTests::grouped),
				refused("a batch listener and a BatchToRecordAdapter", new Batch(),
						(app) -> app.factory(
								(factory) -> factory.setBatchToRecordAdapter(new DefaultBatchToRecordAdapter<>()))),
				refused("a batch listener behind a listener that is no @KafkaListener method, or has a filter",
						new Batch(),
						(app) -> app.factory((factory) -> factory.setRecordFilterStrategy((record) -> false))));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("refused")
	void contradictionStopsTheStart(String found, Object listener, Consumer<ListenerApplication> setting) {
		setting.accept(this.application);
		assertThatThrownBy(() -> this.application.start(listener)).rootCause()
			.isInstanceOfSatisfying(ContradictionException.class,
					(ex) -> assertThat(ex.contradictions()).anySatisfy((contradiction) -> {
						assertThat(contradiction.found()).isEqualTo(found);
						assertThat(contradiction.fix()).isNotBlank();
					}));
	}

	@Test
	void ackModeIsCorrectedWhereThatIsWanted() {
		grouped(this.application).verification(Verification.FIX)
			.factory((factory) -> factory.getContainerProperties().setAckMode(AckMode.RECORD))
			.groups()
			.start(new VerifiedListeners.Orders());
		assertThat(this.application.container("orders").getContainerProperties().getAckMode()).isEqualTo(AckMode.BATCH);
		assertThat(this.application.container("orders").getContainerProperties().getMessageListener())
			.isInstanceOf(GroupListener.class);
	}

	@Test
	void whatIsOnlyWarnedOfStaysAsItWas() {
		this.application.verification(Verification.WARN)
			.factory((factory) -> factory.setRecordFilterStrategy((record) -> false))
			.start(new Batch());
		assertThat(this.application.container("orders").getContainerProperties().getMessageListener())
			.isNotInstanceOf(GroupListener.class);
		assertThat(this.application.container("orders").getCommonErrorHandler()).isNull();
	}

	@Test
	void aContainerIsPreparedOnceHoweverOftenItIsVerified() {
		grouped(this.application).groups().start(new VerifiedListeners.Orders());
		KafkaListenerVerifier verifier = this.application.context.getBean(KafkaListenerVerifier.class);
		verifier.stop();
		verifier.start();
		Object listener = this.application.container("orders").getContainerProperties().getMessageListener();
		assertThat(listener).isInstanceOf(GroupListener.class);
		assertThat(GroupListener.original(listener)).isNotInstanceOf(GroupListener.class);
		assertThat(this.application.flow("orders").mechanism()).contains("up to 10 records in one transaction");
	}

	private static ListenerApplication grouped(ListenerApplication application) {
		FlowPolicy plain = ListenerApplication.policy(null, new FlowPolicy.Identity(null, false));
		return application.policy(new FlowPolicy(null, "", "", plain.retention(), plain.waitFor(), plain.identity(),
				plain.retry(), InboxMode.AUTO, new FlowPolicy.Group(10, Duration.ofSeconds(1))));
	}

	private static Arguments refused(String found, Object listener, Consumer<ListenerApplication> setting) {
		return Arguments.of(found, listener, setting);
	}

	static class Batch {

		@KafkaListener(id = "orders", idIsGroup = false, topics = "orders-topic", batch = "true")
		void on(List<String> orders) {
		}

	}

}
