// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sli;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.EffectObservation.Step;
import dev.idempotency.effect.Outcome;
import dev.idempotency.effect.Resolution;
import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.relay.RelayEvent;
import dev.idempotency.relay.RelayStore;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * However many messages pass and whatever they say, the time series stay the same.
 */
class MeterCardinalityTests {

	private static final int MESSAGES = 1000;

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final EffectMeters effects = new EffectMeters(this.registry);

	private final RelayMeters relay = new RelayMeters(this.registry);

	private final ObservationRegistry observations = ObservationRegistry.create();

	@BeforeEach
	void publishObservationsAsMeters() {
		this.observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(this.registry));
	}

	@Test
	void noTagCarriesFreeText() {
		message("first");
		List<Meter.Id> series = series();
		for (int number = 1; number < MESSAGES; number++) {
			message(UUID.randomUUID().toString());
		}
		assertThat(series()).containsExactlyInAnyOrderElementsOf(series);
	}

	@Test
	void everyKindOfEventIsTried() {
		assertThat(effectEvents("a").<Class<?>>map(Object::getClass))
			.contains(EffectEvent.class.getPermittedSubclasses());
		assertThat(relayEvents("a").<Class<?>>map(Object::getClass))
			.contains(RelayEvent.class.getPermittedSubclasses());
	}

	private List<Meter.Id> series() {
		return this.registry.getMeters().stream().map(Meter::getId).toList();
	}

	private void message(String text) {
		effectEvents(text).forEach(this.effects::on);
		relayEvents(text).forEach(this.relay::on);
		EffectObservations steps = new EffectObservations(this.observations, () -> true);
		for (Step step : Step.values()) {
			assertThatIllegalStateException()
				.isThrownBy(() -> steps.observe(step, new EffectKey("flow", text, text), () -> {
					throw new IllegalStateException(text);
				}));
		}
	}

	private static Stream<EffectEvent> effectEvents(String text) {
		EffectKey key = new EffectKey("flow", text, text);
		Duration time = Duration.ofMillis(text.hashCode() & 0xff);
		Throwable cause = new IllegalStateException(text);
		return Stream.of(new EffectEvent.Claimed("flow", key, time),
				new EffectEvent.Completed("flow", key, Outcome.COMPLETED, time),
				new EffectEvent.Completed("flow", key, Outcome.REJECTED, time), new EffectEvent.RolledBack("flow", key),
				new EffectEvent.CommitUnknown("flow", key), new EffectEvent.Duplicate("flow", key, Outcome.COMPLETED),
				new EffectEvent.Collision("flow", key), new EffectEvent.InProgress("flow", key, time),
				new EffectEvent.Refused("flow", text), new EffectEvent.Retried("flow", true, text.hashCode(), cause),
				new EffectEvent.Retried("flow", false, text.hashCode(), cause),
				new EffectEvent.Parked("flow", text, text.hashCode(), cause), new EffectEvent.Delivered("flow", true),
				new EffectEvent.Delivered("flow", false), new EffectEvent.Filtered("flow"),
				new EffectEvent.Token("flow", EffectEvent.Token.Decision.REUSED),
				new EffectEvent.Missing("flow", text, 1 + (text.hashCode() & 0xff)),
				new EffectEvent.Handled("flow", true), new EffectEvent.Handled("flow", false),
				new EffectEvent.Lost("flow", EffectEvent.Loss.FAILED, 1),
				new EffectEvent.Lost("flow", EffectEvent.Loss.UNFINISHED, 1),
				new EffectEvent.Lost("flow", EffectEvent.Loss.UNANSWERED, 1), new EffectEvent.InDoubt("flow", key),
				new EffectEvent.Retryable("flow", key), new EffectEvent.StaleCompletion("flow", key),
				new EffectEvent.Resolved("flow", key, Resolution.HAPPENED, text),
				new EffectEvent.OutlivedRollback("flow", key), new EffectEvent.Unprotected("flow", key),
				new EffectEvent.Shadowed("flow", EffectEvent.Shadowed.Verdict.FRESH),
				new EffectEvent.ModeChanged("flow", "PAUSED", text));
	}

	private static Stream<RelayEvent> relayEvents(String text) {
		OutboxRecord message = new OutboxRecord(text.hashCode(), 0, text, "kafka:orders", text, text, text, text,
				Instant.EPOCH, Map.of(text, text), text, new byte[0], 0);
		Throwable cause = new IllegalStateException(text);
		return Stream.of(new RelayEvent.Published(message, Duration.ofMillis(1)),
				new RelayEvent.Unavailable("kafka:orders", cause), new RelayEvent.Refused(message, cause),
				new RelayEvent.Parked(message, text), new RelayEvent.Breaker("kafka:orders", true),
				new RelayEvent.Fenced("kafka:orders", 1), new RelayEvent.LanesChanged(3, 2, 1),
				new RelayEvent.Observed("kafka:orders", new RelayStore.Backlog(1, Duration.ofSeconds(1))));
	}

}
