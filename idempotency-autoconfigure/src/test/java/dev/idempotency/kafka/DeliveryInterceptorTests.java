// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.idempotency.delivery.CurrentDelivery;
import dev.idempotency.delivery.Delivery;
import dev.idempotency.effect.EffectEvent;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import org.springframework.kafka.listener.RecordInterceptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class DeliveryInterceptorTests {

	private final List<EffectEvent> events = new ArrayList<>();

	private final Failures failures = new Failures();

	private final Consumer<String, String> consumer = new MockConsumer<>("earliest");

	@AfterEach
	void nothingStaysBound() {
		assertThat(CurrentDelivery.get()).isNull();
		assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
	}

	@Test
	void bindsTheRecordWhileItsListenerRuns() {
		DeliveryInterceptor<String, String> interceptor = bound(null);
		ConsumerRecord<String, String> record = record(Map.of("ce_id", "id-1"));
		assertThat(interceptor.intercept(record, this.consumer)).isSameAs(record);
		assertThat(CurrentDelivery.get()).isNotNull()
			.satisfies((delivery) -> assertThat(delivery.attributes()).containsEntry("id", "id-1"));
		assertThat(MDC.get("idempotency.flow")).isEqualTo("orders");
		assertThat(MDC.get("idempotency.message")).isEqualTo("id-1");
		assertThat(this.events).containsExactly(new EffectEvent.Delivered("orders", false));
		interceptor.afterRecord(record, this.consumer);
	}

	@Test
	void withoutIdThePositionNamesTheMessage() {
		DeliveryInterceptor<String, String> interceptor = bound(null);
		interceptor.intercept(record(Map.of()), this.consumer);
		assertThat(MDC.get("idempotency.message")).isEqualTo("orders-0@42");
		interceptor.clearThreadState(this.consumer);
	}

	@Test
	void recordThatFailedBeforeIsRedelivered() {
		this.failures.failed(new TopicPartition("orders", 0), 42);
		DeliveryInterceptor<String, String> interceptor = bound(null);
		ConsumerRecord<String, String> record = record(Map.of());
		interceptor.intercept(record, this.consumer);
		assertThat(this.events).containsExactly(new EffectEvent.Delivered("orders", true));
		interceptor.afterRecord(record, this.consumer);
	}

	@Test
	void recordForAnotherFlowIsPassedOverBeforeAnythingSeesIt() {
		DeliveryInterceptor<String, String> interceptor = bound((record, consumer) -> {
			throw new IllegalStateException("not for me");
		});
		assertThat(interceptor.intercept(record(Map.of(Delivery.FLOW_HEADER, "other")), this.consumer)).isNull();
		assertThat(this.events).containsExactly(new EffectEvent.Filtered("orders"));
	}

	@Test
	void recordTheApplicationDropsIsCounted() {
		DeliveryInterceptor<String, String> interceptor = bound((record, consumer) -> null);
		ConsumerRecord<String, String> record = record(Map.of());
		assertThat(interceptor.intercept(record, this.consumer)).isNull();
		interceptor.afterRecord(record, this.consumer);
		assertThat(this.events).containsExactly(new EffectEvent.Filtered("orders"));
	}

	@Test
	void recordTheApplicationReplacesIsTheOneBound() {
		ConsumerRecord<String, String> replaced = new ConsumerRecord<>("orders", 0, 42, "k", "decrypted");
		DeliveryInterceptor<String, String> interceptor = bound((record, consumer) -> replaced);
		assertThat(interceptor.intercept(record(Map.of()), this.consumer)).isSameAs(replaced);
		assertThat(CurrentDelivery.get()).isNotNull()
			.satisfies((delivery) -> assertThat(delivery.content()).isEqualTo("decrypted"));
		interceptor.afterRecord(replaced, this.consumer);
	}

	@Test
	void unbindsAlsoWhenTheApplicationFails() {
		DeliveryInterceptor<String, String> interceptor = bound(new RecordInterceptor<>() {

			@Override
			public ConsumerRecord<String, String> intercept(ConsumerRecord<String, String> record,
					Consumer<String, String> consumer) {
				return record;
			}

			@Override
			public void afterRecord(ConsumerRecord<String, String> record, Consumer<String, String> consumer) {
				throw new IllegalStateException("broken");
			}

		});
		ConsumerRecord<String, String> record = record(Map.of());
		interceptor.intercept(record, this.consumer);
		assertThatIllegalStateException().isThrownBy(() -> interceptor.afterRecord(record, this.consumer));
	}

	@Test
	void withoutFlowItOnlyBinds() {
		DeliveryInterceptor<String, String> interceptor = new DeliveryInterceptor<>(Deliveries::describer, null, null);
		ConsumerRecord<String, String> record = record(Map.of(Delivery.FLOW_HEADER, "other"));
		assertThat(interceptor.intercept(record, this.consumer)).isSameAs(record);
		assertThat(CurrentDelivery.get()).isNotNull();
		interceptor.afterRecord(record, this.consumer);
		assertThat(this.events).isEmpty();
	}

	@Test
	void bindingAgainKeepsOnlyTheApplicationsInterceptorInside() {
		RecordInterceptor<String, String> own = (record, consumer) -> record;
		DeliveryInterceptor<String, String> once = bound(own);
		assertThat(DeliveryInterceptor.bound(Deliveries::describer, once, binding())).extracting("delegate")
			.isSameAs(own);
	}

	private DeliveryInterceptor<String, String> bound(@Nullable RecordInterceptor<String, String> own) {
		return DeliveryInterceptor.bound(Deliveries::describer, own, binding());
	}

	private FlowBinding binding() {
		return new FlowBinding("orders", this.events::add,
				new HandlingTime("orders", Duration.ofMinutes(5), Clock.systemUTC()), this.failures, null);
	}

	private static ConsumerRecord<String, String> record(Map<String, String> headers) {
		return Deliveries.record(42, "k", "v", headers);
	}

}
