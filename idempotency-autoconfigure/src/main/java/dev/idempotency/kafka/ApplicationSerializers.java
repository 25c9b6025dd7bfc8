// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.Set;

import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.ByteBufferSerializer;
import org.apache.kafka.common.serialization.BytesSerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.support.serializer.StringOrBytesSerializer;
import org.springframework.util.ClassUtils;

/**
 * The serializers the application's own producers use: the instances its producer factory
 * hands out, else those its properties name. Kafka calls the serializers of a producer
 * from several threads and closes them more than once, so both is allowed here.
 */
public final class ApplicationSerializers implements AutoCloseable {

	private static final Set<Class<?>> BYTES_AND_TEXT = Set.of(StringSerializer.class, ByteArraySerializer.class,
			BytesSerializer.class, ByteBufferSerializer.class, StringOrBytesSerializer.class);

	private final @Nullable Serializer<Object> key;

	private final @Nullable Serializer<Object> value;

	private ApplicationSerializers(@Nullable Serializer<Object> key, @Nullable Serializer<Object> value) {
		this.key = key;
		this.value = value;
	}

	/**
	 * An application without a producer.
	 * @return no serializers
	 */
	public static ApplicationSerializers none() {
		return new ApplicationSerializers(null, null);
	}

	/**
	 * Finds the serializers.
	 * @param producers how the application makes its producers
	 * @return its serializers, configured
	 */
	public static ApplicationSerializers of(ProducerFactory<?, ?> producers) {
		Serializer<Object> key = any(producers.getKeySerializer());
		Serializer<Object> value = any(producers.getValueSerializer());
		return new ApplicationSerializers(
				(key != null) ? key : named(producers, ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, true),
				(value != null) ? value : named(producers, ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, false));
	}

	private static @Nullable Serializer<Object> named(ProducerFactory<?, ?> producers, String property, boolean isKey) {
		Object named = producers.getConfigurationProperties().get(property);
		if (named == null) {
			return null;
		}
		Class<?> type = (named instanceof Class<?> found) ? found
				: ClassUtils.resolveClassName(named.toString().trim(), null);
		Serializer<Object> serializer = any(BeanUtils.instantiateClass(type, Serializer.class));
		if (serializer != null) {
			serializer.configure(producers.getConfigurationProperties(), isKey);
		}
		return serializer;
	}

	/**
	 * What a serializer does not take it answers with an exception, as in a producer.
	 */
	@SuppressWarnings("unchecked")
	private static @Nullable Serializer<Object> any(@Nullable Serializer<?> serializer) {
		return (Serializer<Object>) serializer;
	}

	/**
	 * An encoder with the serializer the application has chosen for its values.
	 * @return the encoder, {@code null} if nothing was chosen that takes more than bytes
	 * and text
	 */
	public @Nullable KafkaPayloadEncoder payloadEncoder() {
		return (this.value != null && !BYTES_AND_TEXT.contains(this.value.getClass()))
				? new KafkaPayloadEncoder(this.value) : null;
	}

	/**
	 * Writes a key as the application's producers would.
	 * @return its bytes, {@code null} if their serializer does not take such keys
	 */
	byte @Nullable [] key(String topic, Object value) {
		try {
			return (this.key != null) ? this.key.serialize(topic, value) : null;
		}
		catch (RuntimeException ex) {
			return null;
		}
	}

	@Override
	public void close() {
		if (this.key != null) {
			this.key.close();
		}
		if (this.value != null) {
			this.value.close();
		}
	}

}
