// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.ByteBufferSerializer;
import org.apache.kafka.common.serialization.BytesSerializer;
import org.apache.kafka.common.serialization.LongSerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.support.serializer.StringOrBytesSerializer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ApplicationSerializersTests {

	private static final List<String> calls = new ArrayList<>();

	@ParameterizedTest
	@ValueSource(classes = { StringSerializer.class, ByteArraySerializer.class, BytesSerializer.class,
			ByteBufferSerializer.class, StringOrBytesSerializer.class })
	void serializerOfBytesOrTextIsNoChoice(Class<?> type) {
		assertThat(named(type).payloadEncoder()).isNull();
		assertThat(named(type.getName()).payloadEncoder()).isNull();
	}

	@Test
	void applicationMayHaveNone() {
		assertThat(ApplicationSerializers.none().payloadEncoder()).isNull();
		assertThat(ApplicationSerializers.of(new DefaultKafkaProducerFactory<>(Map.of())).payloadEncoder()).isNull();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void namedSerializerIsConfiguredAndClosed(boolean byName) {
		calls.clear();
		try (ApplicationSerializers serializers = named(byName ? Noted.class.getName() : Noted.class)) {
			assertThat(serializers.payloadEncoder()).isNotNull();
			assertThat(calls).containsExactly(
					"configured false " + Map.of("value.serializer", byName ? Noted.class.getName() : Noted.class));
		}
		assertThat(calls).endsWith("closed");
	}

	@Test
	void instanceOfTheFactoryComesBeforeANamedOne() {
		calls.clear();
		DefaultKafkaProducerFactory<Object, Object> factory = new DefaultKafkaProducerFactory<>(
				Map.of("value.serializer", StringSerializer.class));
		factory.setValueSerializer(new Noted());
		try (ApplicationSerializers serializers = ApplicationSerializers.of(factory)) {
			assertThat(serializers.payloadEncoder()).isNotNull();
		}
		assertThat(calls).hasSize(2).endsWith("closed");
	}

	@Test
	void missingClassIsNamed() {
		assertThatIllegalArgumentException().isThrownBy(() -> named("com.example.Missing"))
			.withMessageContaining("com.example.Missing");
	}

	@Test
	void keyIsWrittenIfItsSerializerTakesIt() {
		ApplicationSerializers serializers = ApplicationSerializers
			.of(new DefaultKafkaProducerFactory<>(Map.of("key.serializer", LongSerializer.class)));
		assertThat(serializers.key("orders", 42L)).containsExactly(0, 0, 0, 0, 0, 0, 0, 42);
		assertThat(serializers.key("orders", 42)).isNull();
		assertThat(ApplicationSerializers.none().key("orders", 42L)).isNull();
	}

	private static ApplicationSerializers named(Object serializer) {
		return ApplicationSerializers.of(new DefaultKafkaProducerFactory<>(Map.of("value.serializer", serializer)));
	}

	static class Noted implements Serializer<Object> {

		@Override
		public void configure(Map<String, ?> configs, boolean isKey) {
			calls.add("configured " + isKey + " " + configs);
		}

		@Override
		public byte[] serialize(String topic, Object data) {
			return new byte[0];
		}

		@Override
		public void close() {
			calls.add("closed");
		}

	}

}
