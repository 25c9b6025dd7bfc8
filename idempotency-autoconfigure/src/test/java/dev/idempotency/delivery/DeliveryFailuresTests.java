// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.idempotency.delivery.FailureClassifier.Fault;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.flow.FlowPolicy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DeliveryFailuresTests {

	private final Map<EffectKey, Integer> counted = new HashMap<>();

	private final List<ParkedMessage> parked = new ArrayList<>();

	private final List<EffectEvent> events = new ArrayList<>();

	private final Delivery delivery = Deliveries.delivery(Map.of("id", "e1", "source", "shop"), Map.of(), null, true);

	private Fault fault = Fault.BUSINESS;

	private @Nullable RuntimeException storeFailure;

	private final DeliveryFailures failures = new DeliveryFailures(
			(flow) -> new FlowPolicy(null, "", "", Duration.ofDays(1), Duration.ofSeconds(1),
					new FlowPolicy.Identity(null, true),
					new FlowPolicy.Retry(3, Duration.ofMillis(100), Duration.ofSeconds(1), null)),
			(failure) -> this.fault, new Attempts() {

				@Override
				public int failed(EffectKey key, String error) {
					failIfAsked();
					return DeliveryFailuresTests.this.counted.merge(key, 1, Integer::sum);
				}

				@Override
				public void forget(EffectKey key) {
					DeliveryFailuresTests.this.counted.remove(key);
				}

			}, (message) -> {
				failIfAsked();
				this.parked.add(message);
			}, this.events::add, () -> 1);

	@Test
	void infrastructureFailuresUseUpNoAttemptHoweverOftenTheyHappen() {
		this.fault = Fault.INFRASTRUCTURE;
		for (int failure = 1; failure <= 100; failure++) {
			assertThat(decide(failure)).isInstanceOf(FailureDecision.Retry.class);
		}
		assertThat(this.counted).isEmpty();
		assertThat(this.parked).isEmpty();
		assertThat(decide(100)).isEqualTo(new FailureDecision.Retry(Duration.ofSeconds(1)));
	}

	@Test
	void businessFailuresAreCountedDurablyAndEndInTheParkingLot() {
		assertThat(decide(1)).isEqualTo(new FailureDecision.Retry(Duration.ofMillis(100)));
		assertThat(decide(1)).isEqualTo(new FailureDecision.Retry(Duration.ofMillis(200)));
		assertThat(decide(1)).isInstanceOf(FailureDecision.SetAside.class);
		assertThat(this.parked).singleElement().satisfies((message) -> {
			assertThat(message.reason()).isEqualTo(ParkedMessage.Reason.ATTEMPTS_EXHAUSTED);
			assertThat(message.attempts()).isEqualTo(3);
			assertThat(message.position()).isEqualTo("orders-0@42");
			assertThat(message.cause()).contains("IllegalStateException: declined");
			assertThat(message.body()).asString().isEqualTo("{}");
			assertThat(message.identity()).isEqualTo(new EffectKey("flow", "shop", "e1"));
		});
		assertThat(this.counted).isEmpty();
		assertThat(this.events).last().isInstanceOf(EffectEvent.Parked.class);
	}

	@Test
	void failuresThatRepeatingCannotHelpAreSetAsideAtOnce() {
		for (Fault hopeless : List.of(Fault.COLLISION, Fault.NO_IDENTITY, Fault.UNREADABLE)) {
			this.fault = hopeless;
			assertThat(decide(1)).isInstanceOf(FailureDecision.SetAside.class);
		}
		assertThat(this.parked).extracting(ParkedMessage::reason)
			.containsExactly(ParkedMessage.Reason.COLLISION, ParkedMessage.Reason.NO_IDENTITY,
					ParkedMessage.Reason.UNREADABLE);
	}

	@Test
	void messageIsDeliveredAgainWhenCountingOrParkingFails() {
		this.storeFailure = new IllegalStateException("database away");
		assertThat(decide(1)).isInstanceOf(FailureDecision.Retry.class);
		this.fault = Fault.UNREADABLE;
		assertThat(decide(2)).isInstanceOf(FailureDecision.Retry.class);
		assertThat(this.parked).isEmpty();
	}

	@Test
	void messageIsSetAsideAsItCanBeSentAgain() {
		this.fault = Fault.UNREADABLE;
		Delivery read = new Delivery("kafka", "orders", "orders-0@42", true, null, "42", Map.of("a", "came"), Map.of(),
				7, () -> new Delivery.Original("base64:Kg==", Map.of("a", "written", "b", "added"), new byte[] { 7 }),
				false);
		this.failures.decide("flow", read, new IllegalStateException("declined"), 1);
		assertThat(this.parked).singleElement().satisfies((message) -> {
			assertThat(message.key()).isEqualTo("base64:Kg==");
			assertThat(message.headers()).isEqualTo(Map.of("a", "came", "b", "added"));
			assertThat(message.body()).containsExactly(7);
		});
	}

	@Test
	void attemptsOfAMessageWithoutIdentityAreCountedOnAlthoughItsPositionChanges() {
		for (String position : List.of("orders#1@tag", "orders#7@tag", "orders#1@other")) {
			Delivery nameless = new Delivery("rabbit", "orders", position, false, null, null, Map.of(), Map.of(), "{}",
					() -> new Delivery.Original(new byte[] { 1 }), true);
			this.failures.decide("flow", nameless, new IllegalStateException("declined"), 1);
		}
		assertThat(this.parked).singleElement().satisfies((message) -> {
			assertThat(message.position()).isEqualTo("orders#1@other");
			assertThat(message.identity()).isNull();
		});
	}

	private FailureDecision decide(int failuresInARow) {
		return this.failures.decide("flow", this.delivery, new IllegalStateException("declined"), failuresInARow);
	}

	private void failIfAsked() {
		if (this.storeFailure != null) {
			throw this.storeFailure;
		}
	}

}
