// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.idempotency.effect.EffectBody;
import dev.idempotency.effect.EffectResult;
import dev.idempotency.effect.EffectTemplate;
import dev.idempotency.effect.Outcome;
import dev.idempotency.effect.ResultType;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.outbox.OutboxException;
import dev.idempotency.outbox.OutboxMessage;
import org.jspecify.annotations.NonNull;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DeadLettersTests {

	private final List<OutboxMessage> sent = new ArrayList<>();

	private final List<ParkedMessage> parked = new ArrayList<>();

	private @Nullable String destination = "kafka:orders.dead";

	private final DeadLetters deadLetters = new DeadLetters(
			(flow) -> new FlowPolicy(null, "", "", Duration.ofDays(1), Duration.ofSeconds(1),
					new FlowPolicy.Identity(null, true),
					new FlowPolicy.Retry(3, Duration.ofMillis(1), Duration.ofSeconds(1), this.destination)),
			() -> new OnceTemplate(), () -> (message) -> {
				if (message.destination().startsWith("unknown:")) {
					throw new OutboxException("No transport");
				}
				this.sent.add(message);
				return "id";
			}, this.parked::add);

	@Test
	void letterCarriesBodyCauseAndOriginalPosition() {
		this.deadLetters.park(message("orders-0@42"));
		assertThat(this.sent).singleElement().satisfies((letter) -> {
			assertThat(letter.destination()).isEqualTo("kafka:orders.dead");
			assertThat(letter.key()).isEqualTo("key");
			assertThat(letter.payload()).isEqualTo(new byte[] { 1, 2 });
			assertThat(letter.contentType()).isEqualTo("application/json");
			assertThat(letter.headers()).containsEntry("tenant", "a")
				.containsEntry("idempotency-dead-letter-original-ce_id", "e1")
				.doesNotContainKey("ce_id")
				.containsEntry("idempotency-dead-letter-flow", "inventory")
				.containsEntry("idempotency-dead-letter-reason", "ATTEMPTS_EXHAUSTED")
				.containsEntry("idempotency-dead-letter-attempts", "3")
				.containsEntry("idempotency-dead-letter-origin", "kafka:orders")
				.containsEntry("idempotency-dead-letter-position", "orders-0@42")
				.containsEntry("idempotency-dead-letter-cause", "declined");
		});
	}

	@Test
	void operatorsFindEveryMessageInTheParkTable() {
		this.deadLetters.park(message("orders-0@42"));
		assertThat(this.parked).extracting(ParkedMessage::position).containsExactly("orders-0@42");
	}

	@Test
	void flowsWithoutADestinationUseTheParkTableOnly() {
		this.destination = null;
		this.deadLetters.park(message("orders-0@42"));
		assertThat(this.sent).isEmpty();
		assertThat(this.parked).hasSize(1);
	}

	@Test
	void letterTheOutboxRefusesStaysInTheParkTable() {
		this.destination = "unknown:orders.dead";
		this.deadLetters.park(message("orders-0@42"));
		assertThat(this.sent).isEmpty();
		assertThat(this.parked).hasSize(1);
	}

	@Test
	void sameDeliverySetAsideAgainIsNotSentAgain() {
		this.deadLetters.park(message("orders-0@42"));
		this.deadLetters.park(message("orders-0@42"));
		this.deadLetters.park(message("orders-0@43"));
		assertThat(this.sent).hasSize(2);
	}

	private static ParkedMessage message(String position) {
		return new ParkedMessage("inventory", ParkedMessage.Reason.ATTEMPTS_EXHAUSTED, "kafka", "orders", position,
				"key", Map.of("ce_id", "e1", "tenant", "a", "content-type", "application/json"), new byte[] { 1, 2 }, 3,
				"declined", null);
	}

	/**
	 * Remembers ids as an inbox would.
	 */
	private final class OnceTemplate implements EffectTemplate {

		private final Set<String> done = DeadLettersTests.this.known;

		@Override
		public <T extends @Nullable Object> EffectResult<T> execute(String flow, String id, @Nullable Object content,
				EffectBody<T> body) {
			assertThat(flow).isEqualTo(DeadLetters.FLOW);
			try {
				return this.done.add(id) ? new EffectResult.Applied<>(body.run())
						: new EffectResult.Duplicate<>(Outcome.COMPLETED);
			}
			catch (RuntimeException ex) {
				throw ex;
			}
			catch (Throwable ex) {
				throw new AssertionError(ex);
			}
		}

		@Override
		public <T extends @Nullable Object> T call(String flow, String id, @Nullable Object content,
				ResultType<@NonNull T> type, EffectBody<T> body) {
			throw new UnsupportedOperationException("Setting aside has no result");
		}

	}

	private final Set<String> known = new HashSet<>();

}
