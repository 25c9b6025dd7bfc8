// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import dev.idempotency.delivery.CurrentDelivery;
import dev.idempotency.delivery.Delivery;
import dev.idempotency.delivery.ParkedMessage;
import dev.idempotency.effect.EffectEvent;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.amqp.ImmediateRequeueAmqpException;
import org.springframework.amqp.support.converter.MessageConversionException;
import org.springframework.aop.framework.ProxyFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class AttemptTests {

	private static final RabbitListenerSettings SETTINGS = new RabbitListenerSettings(Duration.ofSeconds(2),
			Duration.ofSeconds(10), Duration.ofMinutes(1), 10);

	private final Inboxes inboxes = new Inboxes();

	private final List<Duration> pauses = new ArrayList<>();

	private Instant now = Instant.parse("2026-08-01T00:00:00Z");

	private boolean stopping;

	private int calls;

	@AfterEach
	void forgetInterrupt() {
		Thread.interrupted();
		CurrentDelivery.clear();
	}

	@Test
	void infrastructureIsRepeatedInPlaceUntilItIsBack() {
		assertThat(call(() -> {
			if (this.calls < 5) {
				throw new Inboxes.DatabaseAway();
			}
			return "done";
		})).isEqualTo("done");
		assertThat(this.calls).isEqualTo(5);
		assertThat(this.pauses).containsExactly(Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMillis(400),
				Duration.ofMillis(400));
		assertThat(this.inboxes.attempts).isEmpty();
	}

	@Test
	void eachAttemptIdentifiesItsOwnArguments() {
		assertThat(call(() -> {
			assertThat(CurrentDelivery.identify("shipping", new Object[] { new Object() })).isTrue();
			if (this.calls < 2) {
				throw new Inboxes.DatabaseAway();
			}
			return "done";
		})).isEqualTo("done");
		assertThat(this.calls).isEqualTo(2);
	}

	@Test
	void messageHeldLongEnoughIsRequeuedAtOnceAndNeverRejected() {
		assertThatExceptionOfType(ImmediateRequeueAmqpException.class)
			.isThrownBy(() -> call(AttemptTests::databaseAway))
			.withMessageContaining("failed for PT2S");
		assertThat(this.pauses.stream().reduce(Duration.ZERO, Duration::plus)).isBetween(Duration.ofSeconds(2),
				Duration.ofSeconds(4));
		assertThat(this.inboxes.attempts).isEmpty();
		assertThat(this.inboxes.parked).isEmpty();
	}

	@Test
	void messageIsHeldLongerTheMoreOftenTheBrokerCountedIt() {
		assertThatExceptionOfType(ImmediateRequeueAmqpException.class)
			.isThrownBy(() -> call(delivery(Map.of("x-delivery-count", "2")), AttemptTests::databaseAway))
			.withMessageContaining("PT8S");
		assertThatExceptionOfType(ImmediateRequeueAmqpException.class)
			.isThrownBy(() -> call(delivery(Map.of("x-delivery-count", "19")), AttemptTests::databaseAway))
			.withMessageContaining("PT10S");
	}

	@Test
	void businessFailuresEndInTheParkingLotAndAreAcknowledged() {
		assertThat(call(() -> {
			throw new IllegalStateException("sold out");
		})).isNull();
		assertThat(this.calls).isEqualTo(Inboxes.MAX_ATTEMPTS);
		assertThat(this.pauses).hasSize(Inboxes.MAX_ATTEMPTS - 1);
		assertThat(this.inboxes.parked).singleElement()
			.satisfies((parked) -> assertThat(parked.reason()).isEqualTo(ParkedMessage.Reason.ATTEMPTS_EXHAUSTED));
	}

	@Test
	void whatCannotBeReadIsParkedAtOnceWithItsBytes() {
		assertThat(call(() -> {
			throw new MessageConversionException("no JSON");
		})).isNull();
		assertThat(this.calls).isOne();
		assertThat(this.inboxes.parked).singleElement().satisfies((parked) -> {
			assertThat(parked.reason()).isEqualTo(ParkedMessage.Reason.UNREADABLE);
			assertThat(parked.body()).containsExactly(1, 2, 3);
		});
	}

	@Test
	void stopEndsThePauseAndRequeues() {
		this.stopping = true;
		assertThatExceptionOfType(ImmediateRequeueAmqpException.class)
			.isThrownBy(() -> call(AttemptTests::databaseAway))
			.withMessageContaining("stop");
		assertThat(this.calls).isOne();
	}

	@Test
	void interruptedListenerUsesUpNoAttempt() {
		assertThatExceptionOfType(ImmediateRequeueAmqpException.class).isThrownBy(() -> call(() -> {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("interrupted");
		}));
		assertThat(this.inboxes.attempts).isEmpty();
		assertThat(this.inboxes.events).noneMatch(EffectEvent.Retried.class::isInstance);
	}

	private static Object databaseAway() {
		throw new Inboxes.DatabaseAway();
	}

	private Object call(Supplier<Object> listener) {
		return call(delivery(Map.of()), listener);
	}

	private Object call(Delivery delivery, Supplier<Object> listener) {
		Attempt attempt = new Attempt(this.inboxes.failures(), SETTINGS, (pause, goOn) -> {
			this.pauses.add(pause);
			this.now = this.now.plus(pause);
			return !this.stopping;
		}, new HandClock());
		Supplier<Object> counted = () -> {
			this.calls++;
			return listener.get();
		};
		ProxyFactory factory = new ProxyFactory(Supplier.class, (MethodInterceptor) (invocation) -> attempt
			.untilDecided(invocation, "shipping", delivery, () -> !this.stopping, () -> {
			}));
		factory.setTarget(counted);
		return ((Supplier<?>) factory.getProxy()).get();
	}

	private static Delivery delivery(Map<String, String> headers) {
		byte[] body = { 1, 2, 3 };
		return new Delivery("rabbit", "orders", "orders#1@tag", false, "m-1", null, headers, Map.of(), body,
				() -> new Delivery.Original(body), false);
	}

	private final class HandClock extends Clock {

		@Override
		public Instant instant() {
			return AttemptTests.this.now;
		}

		@Override
		public ZoneOffset getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(java.time.ZoneId zone) {
			return this;
		}

	}

}
