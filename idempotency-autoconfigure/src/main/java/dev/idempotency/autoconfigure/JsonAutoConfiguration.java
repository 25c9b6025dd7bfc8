// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

import dev.idempotency.effect.Fingerprint;
import dev.idempotency.effect.Fingerprinter;
import dev.idempotency.effect.ResultCodec;
import dev.idempotency.json.JsonFingerprinter;
import dev.idempotency.json.JsonPayloadEncoder;
import dev.idempotency.json.JsonResultCodec;
import dev.idempotency.outbox.OutboxException;
import dev.idempotency.outbox.PayloadEncoder;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Auto-configuration for fingerprints and payloads: by what the application uses with a
 * broker, else by Jackson where it is on the class path, of bytes and text only where it
 * is not.
 */
@EnableConfigurationProperties(IdempotencyProperties.class)
@AutoConfiguration(before = { IdempotencyAutoConfiguration.class, OutboxAutoConfiguration.class },
		afterName = "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration")
public final class JsonAutoConfiguration {

	JsonAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	PayloadEncoder payloadEncoder(GeneralEncoder general, ObjectProvider<EncoderOfAdapter> adapters) {
		Map<String, PayloadEncoder> chosen = new HashMap<>();
		adapters.forEach((adapter) -> {
			if (adapter.encoder() != null) {
				chosen.put(adapter.transport(), adapter.encoder());
			}
		});
		return PayloadEncoder.routing(chosen, general.encoder());
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(JsonMapper.class)
	static class WithJackson {

		@Bean
		@ConditionalOnMissingBean(Fingerprinter.class)
		JsonFingerprinter fingerprinter(ObjectProvider<JsonMapper> mapper) {
			return new JsonFingerprinter(mapper.getIfUnique(() -> JsonMapper.builder().build()));
		}

		@Bean
		@ConditionalOnMissingBean(ResultCodec.class)
		JsonResultCodec resultCodec(ObjectProvider<JsonMapper> mapper, IdempotencyProperties properties) {
			return new JsonResultCodec(mapper.getIfUnique(() -> JsonMapper.builder().build()),
					Math.toIntExact(properties.results().maxSize().toBytes()));
		}

		@Bean
		GeneralEncoder generalPayloadEncoder(ObjectProvider<JsonMapper> mapper) {
			return new GeneralEncoder(new JsonPayloadEncoder(mapper.getIfUnique(() -> JsonMapper.builder().build())));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingClass("tools.jackson.databind.json.JsonMapper")
	static class WithoutJackson {

		@Bean
		@ConditionalOnMissingBean
		Fingerprinter fingerprinter() {
			return (content) -> {
				if (content instanceof byte[] bytes) {
					return Fingerprint.of(bytes);
				}
				return (content instanceof CharSequence text)
						? Fingerprint.of(text.toString().getBytes(StandardCharsets.UTF_8)) : null;
			};
		}

		@Bean
		GeneralEncoder generalPayloadEncoder() {
			return new GeneralEncoder((destination, payload, contentType) -> {
				PayloadEncoder.Encoded plain = PayloadEncoder.Encoded.plain(payload, contentType);
				if (plain != null) {
					return plain;
				}
				throw new OutboxException("Payload of type " + payload.getClass().getName() + " for '" + destination
						+ "' cannot be encoded. Add spring-boot-starter-jackson, pass bytes or text, or give the "
						+ "application a PayloadEncoder bean");
			});
		}

	}

}
