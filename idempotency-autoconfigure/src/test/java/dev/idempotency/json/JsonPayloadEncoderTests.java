// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.json;

import java.nio.charset.StandardCharsets;

import dev.idempotency.outbox.OutboxException;
import dev.idempotency.outbox.PayloadEncoder.Encoded;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class JsonPayloadEncoderTests {

	private final JsonPayloadEncoder encoder = new JsonPayloadEncoder(JsonMapper.builder().build());

	@Test
	void objectsBecomeJson() {
		Encoded encoded = this.encoder.encode("kafka:orders", new JsonFingerprinterTests.Order(1, java.util.List.of()),
				null);
		assertThat(encoded.contentType()).isEqualTo("application/json");
		assertThat(new String(encoded.body(), StandardCharsets.UTF_8)).isEqualTo("{\"a\":1,\"b\":[]}");
	}

	@Test
	void bytesAndTextPassAsTheyAre() {
		assertThat(this.encoder.encode("kafka:orders", new byte[] { 1 }, null).contentType())
			.isEqualTo("application/octet-stream");
		Encoded text = this.encoder.encode("kafka:orders", "{}", "application/json");
		assertThat(text.contentType()).isEqualTo("application/json");
		assertThat(text.body()).isEqualTo(new byte[] { '{', '}' });
	}

	@Test
	void whatCannotBeWrittenIsRefusedWithItsTypeAndDestination() {
		assertThatExceptionOfType(OutboxException.class)
			.isThrownBy(() -> this.encoder.encode("kafka:orders", new JsonFingerprinterTests.Unwritable(), null))
			.withMessageContaining("Unwritable")
			.withMessageContaining("kafka:orders")
			.withMessageContaining("PayloadEncoder bean");
	}

}
