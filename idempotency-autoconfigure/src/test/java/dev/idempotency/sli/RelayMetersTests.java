// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sli;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.relay.RelayEvent;
import dev.idempotency.relay.RelayStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RelayMetersTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final RelayMeters meters = new RelayMeters(this.registry);

	private final OutboxRecord message = new OutboxRecord(1, 0, "id", "kafka:orders", null, null, "t", "s",
			Instant.EPOCH, Map.of(), "text/plain", new byte[0], 0);

	@Test
	void messagesAreCountedByDestinationAndResult() {
		this.meters.on(new RelayEvent.Published(this.message, Duration.ofMillis(3)));
		this.meters.on(new RelayEvent.Refused(this.message, new IllegalStateException()));
		this.meters.on(new RelayEvent.Parked(this.message, "refused"));
		this.meters.on(new RelayEvent.Unavailable("kafka:orders", new IllegalStateException()));
		this.meters.on(new RelayEvent.Fenced("kafka:orders", 7));
		assertThat(count("published")).isEqualTo(1);
		assertThat(count("refused")).isEqualTo(1);
		assertThat(count("parked")).isEqualTo(1);
		assertThat(count("unavailable")).isEqualTo(1);
		assertThat(count("fenced")).isEqualTo(7);
		assertThat(this.registry.get("idempotency.outbox.latency").timer().count()).isEqualTo(1);
	}

	@Test
	void gaugesShowWhatTheRelayLastSaw() {
		this.meters.on(new RelayEvent.Observed("kafka:orders", new RelayStore.Backlog(5, Duration.ofSeconds(9))));
		this.meters.on(new RelayEvent.Breaker("kafka:orders", true));
		this.meters.on(new RelayEvent.LanesChanged(32, 4, 2));
		assertThat(gauge("idempotency.outbox.depth")).isEqualTo(5);
		assertThat(this.registry.get("idempotency.outbox.oldest.age")
			.timeGauge()
			.value(java.util.concurrent.TimeUnit.SECONDS)).isEqualTo(9);
		assertThat(gauge("idempotency.relay.breaker.open")).isEqualTo(1);
		assertThat(gauge("idempotency.relay.lanes")).isEqualTo(32);
		this.meters.on(new RelayEvent.Breaker("kafka:orders", false));
		assertThat(gauge("idempotency.relay.breaker.open")).isZero();
	}

	private double count(String result) {
		return this.registry.get("idempotency.outbox.messages").tag("result", result).counter().count();
	}

	private double gauge(String name) {
		return this.registry.get(name).gauge().value();
	}

}
