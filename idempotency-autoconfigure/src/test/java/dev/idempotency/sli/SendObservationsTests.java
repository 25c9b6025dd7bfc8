// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sli;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.relay.SendResult;
import dev.idempotency.relay.Transport;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class SendObservationsTests {

	private final TestObservationRegistry registry = TestObservationRegistry.create();

	private final CompletableFuture<SendResult> answer = new CompletableFuture<>();

	private final Scripted scripted = new Scripted();

	private final Transport transport = new SendObservations(this.registry).around(this.scripted);

	private final OutboxRecord message = message(Map.of("traceparent", "00-1-2-01"));

	@Test
	void sendingIsObservedUntilTheBrokersAnswer() {
		CompletionStage<SendResult> stage = this.transport.send(this.message);
		assertThat(this.scripted.sent).isSameAs(this.message);
		TestObservationRegistryAssert.assertThat(this.registry)
			.hasSingleObservationThat()
			.hasBeenStarted()
			.isNotStopped();
		this.answer.complete(new SendResult.Confirmed());
		assertThat(stage).isCompletedWithValue(new SendResult.Confirmed());
		TestObservationRegistryAssert.assertThat(this.registry)
			.hasSingleObservationThat()
			.hasNameEqualTo(IdempotencyObservations.SEND.getName())
			.hasContextualNameEqualTo("send kafka:orders")
			.hasOnlyKeys("destination", "result", "message.id", "message.source")
			.hasLowCardinalityKeyValue("destination", "kafka:orders")
			.hasLowCardinalityKeyValue("result", "confirmed")
			.hasHighCardinalityKeyValue("message.id", "id-1")
			.hasHighCardinalityKeyValue("message.source", "shop")
			.doesNotHaveError()
			.hasBeenStopped();
	}

	@Test
	void sendingBelongsToTheTraceTheMessageWasWrittenIn() {
		this.transport.send(this.message);
		TestObservationRegistryAssert.assertThat(this.registry).hasSingleObservationThat().satisfies((context) -> {
			assertThat(context).isInstanceOf(ReceiverContext.class);
			@SuppressWarnings("unchecked")
			ReceiverContext<Map<String, String>> received = (ReceiverContext<Map<String, String>>) context;
			assertThat(received.getKind()).isEqualTo(Kind.CLIENT);
			assertThat(received.getGetter().get(received.getCarrier(), "traceparent")).isEqualTo("00-1-2-01");
		});
	}

	@Test
	void whatWasWrittenOutsideATraceIsSentWithoutBeingObserved() {
		OutboxRecord untraced = message(Map.of("tenant", "a"));
		assertThat(this.transport.send(untraced)).isSameAs(this.answer);
		assertThat(this.scripted.sent).isSameAs(untraced);
		assertThat(this.answer.getNumberOfDependents()).isZero();
		TestObservationRegistryAssert.assertThat(this.registry).doesNotHaveAnyObservation();
	}

	@ParameterizedTest
	@ValueSource(strings = { "traceparent", "b3", "X-B3-TraceId" })
	void everyWayToCarryATraceIsObserved(String header) {
		this.transport.send(message(Map.of(header, "1-2-1")));
		TestObservationRegistryAssert.assertThat(this.registry).hasSingleObservationThat().hasBeenStarted();
	}

	@Test
	void refusalAndOutageAreErrors() {
		IllegalStateException cause = new IllegalStateException("no");
		this.answer.complete(new SendResult.Refused(cause));
		this.transport.send(this.message);
		TestObservationRegistryAssert.assertThat(this.registry)
			.hasSingleObservationThat()
			.hasLowCardinalityKeyValue("result", "refused")
			.hasError(cause)
			.hasBeenStopped();
		this.registry.clear();
		this.scripted.answer = CompletableFuture.completedFuture(new SendResult.Unavailable(cause));
		this.transport.send(this.message);
		TestObservationRegistryAssert.assertThat(this.registry)
			.hasSingleObservationThat()
			.hasLowCardinalityKeyValue("result", "unavailable")
			.hasError(cause)
			.hasBeenStopped();
	}

	@Test
	void transportThatThrowsIsNoAnswer() {
		this.scripted.failure = new IllegalStateException("broken");
		assertThatIllegalStateException().isThrownBy(() -> this.transport.send(this.message))
			.isSameAs(this.scripted.failure);
		TestObservationRegistryAssert.assertThat(this.registry)
			.hasSingleObservationThat()
			.hasLowCardinalityKeyValue("result", "unavailable")
			.hasError(this.scripted.failure)
			.hasBeenStopped();
	}

	@Test
	void nobodyWhoObservesKeepsAMessageFromBeingSent() {
		for (Broken broken : new Broken[] { new Broken(true), new Broken(false) }) {
			ObservationRegistry failing = ObservationRegistry.create();
			failing.observationConfig().observationHandler(broken);
			this.scripted.answer = new CompletableFuture<>();
			CompletionStage<SendResult> stage = new SendObservations(failing).around(this.scripted).send(this.message);
			this.scripted.answer.complete(new SendResult.Confirmed());
			assertThat(stage).isCompletedWithValue(new SendResult.Confirmed());
		}
	}

	@Test
	void withoutARegistryNothingIsPutAround() {
		assertThat(new SendObservations(ObservationRegistry.NOOP).around(this.scripted)).isSameAs(this.scripted);
	}

	@Test
	void observationThatIsSwitchedOffCostsNothing() {
		this.registry.observationConfig().observationPredicate((name, context) -> false);
		assertThat(this.transport.send(this.message)).isSameAs(this.answer);
		assertThat(this.answer.getNumberOfDependents()).isZero();
	}

	private static OutboxRecord message(Map<String, String> headers) {
		return new OutboxRecord(1, 0, "id-1", "kafka:orders", null, null, "t", "shop", Instant.EPOCH, headers,
				"text/plain", new byte[0], 0);
	}

	private final class Scripted implements Transport {

		private OutboxRecord sent;

		private CompletableFuture<SendResult> answer = SendObservationsTests.this.answer;

		private RuntimeException failure;

		@Override
		public String name() {
			return "kafka";
		}

		@Override
		public CompletionStage<SendResult> send(OutboxRecord record) {
			this.sent = record;
			if (this.failure != null) {
				throw this.failure;
			}
			return this.answer;
		}

	}

	private record Broken(boolean atStart) implements ObservationHandler<Observation.Context> {

		@Override
		public void onStart(Observation.Context context) {
			if (this.atStart) {
				throw new IllegalStateException("start");
			}
		}

		@Override
		public void onStop(Observation.Context context) {
			throw new IllegalStateException("stop");
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

}
