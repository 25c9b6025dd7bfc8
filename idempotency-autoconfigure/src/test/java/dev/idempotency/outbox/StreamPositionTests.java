// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.outbox;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class StreamPositionTests {

	@Test
	void isReadAsItWasWritten() {
		StreamPosition position = new StreamPosition("3/kafka:orders/7", "1-2", 42);
		assertThat(position.attributes()).containsEntry("sequence", "0000000000000000042");
		assertThat(StreamPosition.from(position.attributes())).isEqualTo(position);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "0", "-1", "x", "1.0", "9999999999999999999" })
	void whatIsNoNumberIsNoPlace(String number) {
		assertThat(StreamPosition.from(Map.of("stream", "s", "streamepoch", "e", "sequence", number))).isNull();
	}

	@Test
	void aReplayDoesNotHaveThePlaceOfItsOriginal() {
		OutboxRecord replay = new OutboxRecord(0, 0, "a", "kafka:orders", null, null, "type", "/shop", Instant.EPOCH,
				Map.of(), "text/plain", new byte[0], 0);
		Map<String, String> original = new HashMap<>(new StreamPosition("s", "e", 42).attributes());
		original.put("subject", "kept");
		Map<String, String> attributes = CloudEvents.attributes(replay, original);
		assertThat(StreamPosition.from(attributes)).isNull();
		assertThat(attributes).containsEntry("subject", "kept").containsEntry("id", "a");
	}

	@Test
	void withoutAnEpochThereIsNoPlace() {
		assertThat(StreamPosition.from(Map.of("stream", "s", "sequence", "1"))).isNull();
	}

}
