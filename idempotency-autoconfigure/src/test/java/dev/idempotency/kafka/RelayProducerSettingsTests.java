// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.HashMap;
import java.util.Map;

import dev.idempotency.flow.Contradiction;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RelayProducerSettingsTests {

	@Test
	void waitsForAllReplicasAndIsIdempotent() {
		RelayProducerSettings settings = RelayProducerSettings.of(Map.of("bootstrap.servers", "127.0.0.1:1"));
		assertThat(settings.properties()).containsEntry("acks", "all")
			.containsEntry("enable.idempotence", "true")
			.containsEntry("key.serializer", ByteArraySerializer.class)
			.containsEntry("value.serializer", ByteArraySerializer.class)
			.containsEntry("delivery.timeout.ms", "30000")
			.containsEntry("max.block.ms", "5000");
		assertThat(settings.contradictions()).isEmpty();
		assertThat(new ProducerConfig(settings.properties())).isNotNull();
	}

	@Test
	void contradictingSettingsAreReplacedAndReported() {
		RelayProducerSettings settings = RelayProducerSettings.of(Map.of("acks", "1", "enable.idempotence", false,
				"max.in.flight.requests.per.connection", 50, "retries", 0));
		assertThat(settings.properties()).containsEntry("acks", "all")
			.containsEntry("enable.idempotence", "true")
			.containsEntry("max.in.flight.requests.per.connection", "5")
			.containsEntry("retries", "2147483647");
		assertThat(settings.contradictions()).extracting(Contradiction::found)
			.containsExactly("acks=1", "enable.idempotence=false", "max.in.flight.requests.per.connection=50",
					"retries=0");
	}

	@Test
	void otherWordsForTheSameAreNoContradiction() {
		assertThat(RelayProducerSettings.of(Map.of("acks", "-1", "enable.idempotence", true)).contradictions())
			.isEmpty();
	}

	@Test
	void applicationMayWaitShorterButNotLonger() {
		Map<String, Object> application = new HashMap<>();
		application.put("delivery.timeout.ms", 9000);
		application.put("max.block.ms", "600000");
		application.put("linger.ms", 60000);
		application.put("transactional.id", "tx-1");
		application.put("key.serializer", StringSerializer.class);
		Map<String, Object> properties = RelayProducerSettings.of(application).properties();
		assertThat(properties).containsEntry("delivery.timeout.ms", "9000")
			.containsEntry("request.timeout.ms", "3000")
			.containsEntry("linger.ms", "3000")
			.containsEntry("max.block.ms", "5000")
			.doesNotContainKey("transactional.id");
	}

	@Test
	void producerHasANameOfItsOwn() {
		assertThat(RelayProducerSettings.of(Map.of()).properties()).containsEntry("client.id", "idempotency-outbox");
		assertThat(RelayProducerSettings.of(Map.of("client.id", "shop")).properties()).containsEntry("client.id",
				"shop-idempotency-outbox");
	}

	@Test
	void wordsForNumbersAreRefusedByName() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> RelayProducerSettings.of(Map.of("delivery.timeout.ms", "soon")))
			.withMessageContaining("delivery.timeout.ms")
			.withMessageContaining("soon");
	}

}
