// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import dev.idempotency.delivery.Attempts;
import dev.idempotency.delivery.DeliveryFailures;
import dev.idempotency.delivery.FailureClassifier;
import dev.idempotency.delivery.FailureClassifier.Fault;
import dev.idempotency.delivery.EffectGroup;
import dev.idempotency.delivery.EffectGroups;
import dev.idempotency.delivery.ListenerFlow;
import dev.idempotency.delivery.ListenerFlows;
import dev.idempotency.delivery.ParkingLot;
import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.flow.Flow;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.flow.FlowPolicies;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.flow.Semantics;
import dev.idempotency.flow.Verification;
import dev.idempotency.outbox.PayloadEncoder;
import org.apache.kafka.common.serialization.StringDeserializer;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessException;
import org.springframework.kafka.annotation.EnableKafka;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.config.ShareKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerPostProcessor;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultShareConsumerFactory;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.transaction.TransactionException;

import static org.mockito.Mockito.mock;

/**
 * A small application with one listener bean whose flow is named as its listener id.
 */
final class ListenerApplication implements AutoCloseable {

	final List<EffectEvent> events = new CopyOnWriteArrayList<>();

	final FlowCatalogue catalogue = new FlowCatalogue();

	final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	private final Map<String, Object> consumerProperties = new HashMap<>();

	private final ConcurrentKafkaListenerContainerFactory<Object, Object> factory = new ConcurrentKafkaListenerContainerFactory<>();

	private @Nullable Semantics semantics = Semantics.EFFECTIVELY_ONCE;

	private boolean effect = true;

	private boolean async;

	private @Nullable String onlyIn;

	private Verification verification = Verification.FAIL;

	private FlowPolicy policy = policy(null, new FlowPolicy.Identity(null, true));

	private Attempts attempts = new MemoryAttempts();

	private ParkingLot parkingLot = (message) -> {
	};

	private @Nullable TopicRetentionCheck retention;

	private @Nullable String flowName;

	private final List<MessageListenerContainer> extra = new ArrayList<>();

	private @Nullable ConsumerPostProcessor<Object, Object> consumers;

	private EffectGroups groups = (type, method) -> {
		throw new IllegalStateException("no groups here");
	};

	ListenerApplication() {
		this.consumerProperties.put("bootstrap.servers", "127.0.0.1:1");
		this.consumerProperties.put("group.id", "shop");
		this.consumerProperties.put("auto.offset.reset", "earliest");
		this.consumerProperties.put("key.deserializer", StringDeserializer.class);
		this.consumerProperties.put("value.deserializer", StringDeserializer.class);
		this.factory.setAutoStartup(false);
	}

	static FlowPolicy policy(@Nullable Semantics semantics, FlowPolicy.Identity identity) {
		return new FlowPolicy(semantics, "", "", Duration.ofDays(30), Duration.ofSeconds(5), identity,
				new FlowPolicy.Retry(3, Duration.ofMillis(10), Duration.ofMillis(50), null));
	}

	ListenerApplication consumer(String name, @Nullable Object value) {
		this.consumerProperties.put(name, value);
		this.consumerProperties.values().removeIf((it) -> it == null);
		return this;
	}

	ListenerApplication factory(Consumer<ConcurrentKafkaListenerContainerFactory<Object, Object>> customizer) {
		customizer.accept(this.factory);
		return this;
	}

	ListenerApplication semantics(@Nullable Semantics declared) {
		this.semantics = declared;
		this.effect = false;
		return this;
	}

	ListenerApplication policy(FlowPolicy configured) {
		this.policy = configured;
		return this;
	}

	ListenerApplication verification(Verification mode) {
		this.verification = mode;
		return this;
	}

	ListenerApplication store(Attempts durable, ParkingLot lot) {
		this.attempts = durable;
		this.parkingLot = lot;
		return this;
	}

	ListenerApplication retention(TopicRetentionCheck check) {
		this.retention = check;
		return this;
	}

	ListenerApplication flowName(String name) {
		this.flowName = name;
		return this;
	}

	ListenerApplication effectsOnlyIn(String method) {
		this.onlyIn = method;
		return this;
	}

	ListenerApplication async() {
		this.async = true;
		return this;
	}

	ListenerApplication flowPerMethod() {
		this.flowName = "";
		return this;
	}

	ListenerApplication bean(Object bean) {
		this.context.getBeanFactory().registerSingleton("extra", bean);
		return this;
	}

	ListenerApplication container(MessageListenerContainer extra) {
		this.extra.add(extra);
		return this;
	}

	ListenerApplication consumers(ConsumerPostProcessor<Object, Object> processor) {
		this.consumers = processor;
		return this;
	}

	ListenerApplication groups() {
		this.groups = (type, method) -> mock(EffectGroup.class);
		return this;
	}

	ListenerApplication autoStartup() {
		this.factory.setAutoStartup(true);
		return this;
	}

	@SuppressWarnings("unchecked")
	<T> ListenerApplication start(T listener) {
		PayloadEncoder encoder = (destination, payload, type) -> new PayloadEncoder.Encoded("text/plain",
				payload.toString().getBytes(StandardCharsets.UTF_8));
		KafkaDeliveries deliveries = new KafkaDeliveries(encoder, encoder, ApplicationSerializers.none());
		FlowPolicies policies = (flow) -> this.policy;
		DeliveryFailures failures = new DeliveryFailures(policies, ListenerApplication::classify, this.attempts,
				this.parkingLot, this.events::add, () -> 1.0);
		ListenerFlows flows = (type, method, id) -> (this.onlyIn != null && !method.getName().equals(this.onlyIn))
				? new ListenerFlow(id, false, false, null, "", "", method.getName())
				: new ListenerFlow(name(method, id), this.effect, false, this.semantics, "team", "because",
						type.getSimpleName() + "#" + method.getName(), this.effect ? EffectContract.LOCAL : null,
						this.async);
		DefaultKafkaConsumerFactory<Object, Object> consumerFactory = new DefaultKafkaConsumerFactory<>(
				this.consumerProperties);
		if (this.consumers != null) {
			consumerFactory.addPostProcessor(this.consumers);
		}
		this.factory.setConsumerFactory(consumerFactory);
		this.context.register(KafkaEnabled.class);
		this.context.registerBean("kafkaListenerContainerFactory", ConcurrentKafkaListenerContainerFactory.class,
				() -> this.factory);
		this.context.registerBean("shareFactory", ShareKafkaListenerContainerFactory.class,
				ListenerApplication::shareFactory);
		this.context.registerBean("listener", (Class<T>) listener.getClass(), () -> listener);
		this.context.registerBean(KafkaListenerFactoryPostProcessor.class,
				() -> new KafkaListenerFactoryPostProcessor(() -> deliveries));
		this.context.registerBean(KafkaListenerHandling.class, () -> new KafkaListenerHandling(deliveries, this.groups,
				failures, this.events::add, () -> ObservationRegistry.NOOP, (key) -> null, Clock.systemUTC()));
		this.context.registerBean(KafkaListenerVerifier.class,
				() -> new KafkaListenerVerifier(this::containers, flows, policies,
						this.context.getBean(KafkaListenerHandling.class), this.catalogue, this.verification,
						this.retention, "DataSource 'test'", new InboxModes(null, null)));
		this.context.refresh();
		return this;
	}

	private Collection<MessageListenerContainer> containers() {
		List<MessageListenerContainer> all = new ArrayList<>(this.extra);
		all.addAll(this.context.getBean(KafkaListenerEndpointRegistry.class).getAllListenerContainers());
		return all;
	}

	private String name(Method method, String id) {
		if (this.flowName == null) {
			return id;
		}
		return this.flowName.isEmpty() ? method.getName() : this.flowName;
	}

	private static ShareKafkaListenerContainerFactory<Object, Object> shareFactory() {
		ShareKafkaListenerContainerFactory<Object, Object> factory = new ShareKafkaListenerContainerFactory<>(
				new DefaultShareConsumerFactory<>(Map.of()));
		factory.setAutoStartup(false);
		return factory;
	}

	private static Fault classify(Throwable failure) {
		Fault kafka = KafkaFailures.classify(failure);
		if (kafka != null) {
			return kafka;
		}
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof DataAccessException || cause instanceof TransactionException) {
				return Fault.INFRASTRUCTURE;
			}
		}
		return Fault.BUSINESS;
	}

	@SuppressWarnings("unchecked")
	ConcurrentMessageListenerContainer<Object, Object> container(String id) {
		return (ConcurrentMessageListenerContainer<Object, Object>) this.context
			.getBean(KafkaListenerEndpointRegistry.class)
			.getListenerContainer(id);
	}

	/**
	 * A container made by hand, which publishes its events like one made by a factory.
	 */
	ConcurrentMessageListenerContainer<Object, Object> lateContainer(ContainerProperties properties) {
		ConcurrentMessageListenerContainer<Object, Object> late = new ConcurrentMessageListenerContainer<>(
				new DefaultKafkaConsumerFactory<>(this.consumerProperties), properties);
		late.setBeanName("late");
		late.setApplicationEventPublisher(this.context);
		return late;
	}

	Flow flow(String name) {
		return this.catalogue.flows().stream().filter((flow) -> flow.name().equals(name)).findFirst().orElseThrow();
	}

	<E extends EffectEvent> List<E> events(Class<E> type) {
		return this.events.stream().filter(type::isInstance).map(type::cast).toList();
	}

	@Override
	public void close() {
		this.context.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableKafka
	static class KafkaEnabled {

	}

}
