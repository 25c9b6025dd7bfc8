// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.util.Map;

import dev.idempotency.outbox.OutboxException;
import dev.idempotency.outbox.PayloadEncoder;
import org.junit.jupiter.api.Test;

import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.support.converter.AbstractMessageConverter;
import org.springframework.amqp.support.converter.JacksonJsonMessageConverter;
import org.springframework.amqp.support.converter.MessageConversionException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RabbitPayloadEncoderTests {

	@Test
	void mediaTypeAndHeadersOfTheConverterTravelWithTheMessage() {
		PayloadEncoder.Encoded encoded = encode(new RabbitPayloadEncoder(new JacksonJsonMessageConverter()),
				new Item("a"), null);
		assertThat(encoded.body()).asString().isEqualTo("{\"sku\":\"a\"}");
		assertThat(encoded.contentType()).isEqualTo("application/json");
		assertThat(encoded.headers()).isEqualTo(Map.of("__TypeId__", Item.class.getName()));
	}

	@Test
	void wantedMediaTypeIsKept() {
		Converter converter = new Converter();
		assertThat(encode(new RabbitPayloadEncoder(converter), 7, "application/x").contentType())
			.isEqualTo("application/x");
		assertThat(converter.wanted).isEqualTo("application/x");
	}

	@Test
	void bytesAndTextPassAsTheyAre() {
		RabbitPayloadEncoder encoder = new RabbitPayloadEncoder(new JacksonJsonMessageConverter());
		assertThat(encode(encoder, "text", null).body()).asString().isEqualTo("text");
		assertThat(encode(encoder, new byte[] { 1, 2 }, null).body()).containsExactly(1, 2);
	}

	@Test
	void whatTheConverterDoesNotTakeIsRefused() {
		Converter converter = new Converter();
		converter.failure = new MessageConversionException("not that");
		assertThatExceptionOfType(OutboxException.class)
			.isThrownBy(() -> encode(new RabbitPayloadEncoder(converter), 7, null))
			.withMessageContaining("java.lang.Integer")
			.withMessageContaining("'rabbit:items'")
			.withMessageContaining("Converter: not that")
			.withCause(converter.failure);
	}

	@Test
	void whatCannotTravelIsRefused() {
		Converter converter = new Converter();
		converter.header = 3;
		assertThatExceptionOfType(OutboxException.class)
			.isThrownBy(() -> encode(new RabbitPayloadEncoder(converter), 7, null))
			.withMessageContaining("header 'extra'")
			.withMessageContaining("java.lang.Integer");
		converter.header = "3";
		converter.encoding = "UTF-16";
		assertThatExceptionOfType(OutboxException.class)
			.isThrownBy(() -> encode(new RabbitPayloadEncoder(converter), 7, null))
			.withMessageContaining("'UTF-16'");
	}

	private static PayloadEncoder.Encoded encode(PayloadEncoder encoder, Object payload, String contentType) {
		return encoder.encode("rabbit:items", payload, contentType);
	}

	record Item(String sku) {
	}

	private static final class Converter extends AbstractMessageConverter {

		private String wanted;

		private Object header;

		private String encoding = "utf-8";

		private RuntimeException failure;

		@Override
		protected Message createMessage(Object object, MessageProperties properties) {
			if (this.failure != null) {
				throw this.failure;
			}
			this.wanted = properties.getContentType();
			properties.setContentType("application/x-items");
			properties.setContentEncoding(this.encoding);
			properties.setHeader("extra", this.header);
			return new Message(new byte[] { 1 }, properties);
		}

		@Override
		public Object fromMessage(Message message) {
			throw new UnsupportedOperationException("only writes");
		}

	}

}
