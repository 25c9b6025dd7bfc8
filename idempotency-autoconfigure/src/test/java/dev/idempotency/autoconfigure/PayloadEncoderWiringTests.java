// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import dev.idempotency.autoconfigure.amqp.RabbitIdempotencyAutoConfiguration;
import dev.idempotency.autoconfigure.kafka.KafkaIdempotencyAutoConfiguration;
import dev.idempotency.outbox.PayloadEncoder;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.Test;

import org.springframework.amqp.support.converter.JacksonJsonMessageConverter;
import org.springframework.amqp.support.converter.MessageConverter;
import org.springframework.amqp.support.converter.SimpleMessageConverter;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.ProducerFactory;

import static org.assertj.core.api.Assertions.assertThat;

class PayloadEncoderWiringTests {

	private static final String JSON_SERIALIZER = "spring.kafka.producer.value-serializer="
			+ "org.springframework.kafka.support.serializer.JacksonJsonSerializer";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withPropertyValues("spring.datasource.generate-unique-name=true", "idempotency.outbox.relay.enabled=false")
		.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
				DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class,
				KafkaAutoConfiguration.class, RabbitAutoConfiguration.class, IdempotencyAutoConfiguration.class,
				JdbcStoreAutoConfiguration.class, JsonAutoConfiguration.class, OutboxAutoConfiguration.class,
				KafkaIdempotencyAutoConfiguration.class, RabbitIdempotencyAutoConfiguration.class));

	@Test
	void whereNothingIsChosenItIsJsonWithoutTypes() {
		this.runner.run((context) -> {
			assertThat(encode(context, "kafka:items")).isEqualTo("application/json {\"sku\":\"a\"} []");
			assertThat(encode(context, "rabbit:items")).isEqualTo("application/json {\"sku\":\"a\"} []");
		});
	}

	@Test
	void kafkaSerializerIsUsedForKafkaOnly() {
		this.runner.withPropertyValues(JSON_SERIALIZER).run((context) -> {
			assertThat(encode(context, "kafka:items")).isEqualTo("application/json {\"sku\":\"a\"} [__TypeId__]");
			assertThat(encode(context, "rabbit:items")).endsWith("[]");
		});
	}

	@Test
	void serializerOfTheApplicationsOwnFactoryIsUsed() {
		DefaultKafkaProducerFactory<Object, Object> factory = new DefaultKafkaProducerFactory<>(
				Map.of("bootstrap.servers", "127.0.0.1:1"));
		factory.setValueSerializer((topic, data) -> topic.getBytes());
		this.runner.withBean(ProducerFactory.class, () -> factory)
			.run((context) -> assertThat(encode(context, "kafka:items"))
				.isEqualTo("application/octet-stream items []"));
	}

	@Test
	void messageConverterIsUsedForRabbitOnly() {
		this.runner.withBean(MessageConverter.class, JacksonJsonMessageConverter::new).run((context) -> {
			assertThat(encode(context, "rabbit:items")).isEqualTo("application/json {\"sku\":\"a\"} [__TypeId__]");
			assertThat(encode(context, "kafka:items")).endsWith("[]");
		});
	}

	@Test
	void amongSeveralConvertersNoneIsChosen() {
		this.runner.withBean("one", MessageConverter.class, JacksonJsonMessageConverter::new)
			.withBean("two", MessageConverter.class, SimpleMessageConverter::new)
			.run((context) -> assertThat(encode(context, "rabbit:items")).endsWith("[]"));
	}

	@Test
	void encoderOfTheApplicationReplacesAll() {
		PayloadEncoder own = (destination, payload, type) -> new PayloadEncoder.Encoded("own", new byte[0]);
		this.runner.withPropertyValues(JSON_SERIALIZER)
			.withBean(MessageConverter.class, JacksonJsonMessageConverter::new)
			.withBean(PayloadEncoder.class, () -> own)
			.run((context) -> {
				assertThat(context.getBean(PayloadEncoder.class)).isSameAs(own);
				assertThat(encode(context, "kafka:items")).isEqualTo("own  []");
			});
	}

	@Test
	void neitherBrokerNeedBeOnTheClassPath() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.kafka", "org.apache.kafka"))
			.withBean(MessageConverter.class, JacksonJsonMessageConverter::new)
			.run((context) -> assertThat(encode(context, "rabbit:items")).endsWith("[__TypeId__]"));
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.amqp", "com.rabbitmq"))
			.withPropertyValues(JSON_SERIALIZER)
			.run((context) -> assertThat(encode(context, "kafka:items")).endsWith("[__TypeId__]"));
	}

	@Test
	void serializerIsClosedWithTheApplication() {
		AtomicInteger closed = new AtomicInteger();
		DefaultKafkaProducerFactory<Object, Object> factory = new DefaultKafkaProducerFactory<>(
				Map.of("bootstrap.servers", "127.0.0.1:1"));
		factory.setValueSerializer(new Closeable(closed));
		this.runner.withBean(ProducerFactory.class, () -> factory).run((context) -> assertThat(closed).hasValue(0));
		assertThat(closed).hasValue(1);
	}

	private static String encode(ApplicationContext context, String destination) {
		PayloadEncoder.Encoded encoded = context.getBean(PayloadEncoder.class).encode(destination, new Item("a"), null);
		return encoded.contentType() + " " + new String(encoded.body()) + " " + encoded.headers().keySet();
	}

	record Item(String sku) {
	}

	private record Closeable(AtomicInteger closed) implements Serializer<Object> {

		@Override
		public byte[] serialize(String topic, Object data) {
			return new byte[0];
		}

		@Override
		public void close() {
			this.closed.incrementAndGet();
		}

	}

}
