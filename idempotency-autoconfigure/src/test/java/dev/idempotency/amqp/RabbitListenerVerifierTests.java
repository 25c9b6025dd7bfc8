// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.util.List;
import java.util.Map;

import dev.idempotency.delivery.FlowSwitch;
import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.Flow;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.flow.FlowMode;
import dev.idempotency.flow.Semantics;
import dev.idempotency.flow.Verification;
import org.aopalliance.aop.Advice;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.rabbit.config.DirectRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.config.RetryInterceptorBuilder;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

class RabbitListenerVerifierTests extends RabbitListenerFixture {

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
	void listenersWithoutSemanticsMayDoWhatTheyLike() {
		this.simple = (factory) -> factory.setAcknowledgeMode(AcknowledgeMode.MANUAL);
		assertThatNoException().isThrownBy(() -> start(Verification.FAIL, VerifiedListeners.Undeclared.class));
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

	private List<Flow> catalogue() {
		return this.context.getBean(FlowCatalogue.class).flows();
	}

}
