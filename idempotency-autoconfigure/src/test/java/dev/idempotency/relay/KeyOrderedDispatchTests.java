// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.LongStream;

import dev.idempotency.flow.Backoff;
import dev.idempotency.outbox.OutboxRecord;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class KeyOrderedDispatchTests {

	private final HandTime time = new HandTime();

	private final ScriptedTransport transport = new ScriptedTransport(this.time);

	private final Shutdown shutdown = new Shutdown(this.time::now);

	private Predicate<OutboxRecord> gate = (message) -> true;

	private boolean closes;

	@Test
	void keepsOneMessagePerKeyInFlight() {
		Answers answers = dispatch(Messages.message(1, "a"), Messages.message(2, "a"), Messages.message(3, "b"));
		assertThat(this.transport.sent).containsExactly(1L, 3L, 2L);
		assertThat(this.transport.mostInFlight).isEqualTo(2);
		assertThat(answers.confirmed()).extracting((one) -> one.message().position()).containsExactly(1L, 3L, 2L);
	}

	@Test
	void numberedMessagesGoInTheOrderOfTheirNumbers() {
		dispatch(Messages.numbered(1, "a", 0), Messages.numbered(2, "a", 0), Messages.numbered(3, "b", 0),
				Messages.numbered(4, null, 0), Messages.numbered(5, "c", 1));
		assertThat(this.transport.sent).containsExactly(1L, 5L, 2L, 3L, 4L);
	}

	@Test
	void numberedMessagesOfDifferentKeysAreInFlightTogether() {
		dispatch(Messages.numbered(1, "a", 0), Messages.numbered(2, "b", 0), Messages.numbered(3, null, 0));
		assertThat(this.transport.mostInFlight).isEqualTo(3);
	}

	@Test
	void aKeyKeepsItsOrderAcrossStreams() {
		Answers answers = dispatch(Messages.numbered(1, "a", 0), Messages.numbered(2, "a", 1),
				Messages.numbered(3, "a", 0), Messages.message(4, "a"), Messages.numbered(5, "a", 1));
		assertThat(this.transport.sent).containsExactly(1L, 2L, 3L, 4L, 5L);
		assertThat(this.transport.mostInFlight).isOne();
		assertThat(answers.confirmed()).hasSize(5);
	}

	@Test
	void aStreamWaitsForTheKeyOfItsNextMessageInAnother() {
		this.transport.lose(1);
		dispatch(Messages.numbered(1, "a", 0), Messages.numbered(2, "a", 1), Messages.numbered(3, "b", 1),
				Messages.numbered(4, "b", 0));
		assertThat(this.transport.sent).containsExactly(1L);
	}

	@Test
	void sendsMessagesWithoutKeyTogether() {
		dispatch(Messages.message(1, null), Messages.message(2, null), Messages.message(3, null));
		assertThat(this.transport.mostInFlight).isEqualTo(3);
	}

	@Test
	void neverHasMoreInFlightThanAllowed() {
		OutboxRecord[] many = LongStream.range(0, 50)
			.mapToObj((position) -> Messages.message(position, null))
			.toArray(OutboxRecord[]::new);
		Answers answers = dispatch(many);
		assertThat(this.transport.mostInFlight).isEqualTo(4);
		assertThat(answers.confirmed()).hasSize(50);
	}

	@Test
	void sendsNothingBehindARefusedMessage() {
		this.transport.refuse(1);
		Answers answers = dispatch(Messages.message(1, "a"), Messages.message(2, "a"), Messages.message(3, "b"));
		assertThat(this.transport.sent).containsExactly(1L, 3L);
		assertThat(answers.refused()).extracting((one) -> one.message().position()).containsExactly(1L);
	}

	@Test
	void sendsNothingBehindAMessageWithoutAnswer() {
		this.transport.lose(1);
		Answers answers = dispatch(Messages.message(1, "a"), Messages.message(2, "a"), Messages.message(3, "b"));
		assertThat(this.transport.sent).containsExactly(1L, 3L);
		assertThat(answers.unavailable()).extracting(OutboxRecord::position).containsExactly(1L);
		assertThat(answers.cause()).isSameAs(ScriptedTransport.CAUSE);
	}

	@Test
	void stopsSendingAfterFailuresInARow() {
		LongStream.range(0, 50).forEach(this.transport::lose);
		OutboxRecord[] many = LongStream.range(0, 50)
			.mapToObj((position) -> Messages.message(position, null))
			.toArray(OutboxRecord[]::new);
		Answers answers = dispatch(many);
		assertThat(this.transport.sent).hasSizeLessThan(10);
		assertThat(answers.failures()).isEqualTo(this.transport.sent.size());
	}

	@Test
	void noticesFailuresThatComeAtOnceBeforeTheNextSend() {
		LongStream.range(0, 50)
			.forEach((position) -> this.transport.answer(position,
					() -> CompletableFuture.completedFuture(new SendResult.Unavailable(ScriptedTransport.CAUSE))));
		OutboxRecord[] many = LongStream.range(0, 50)
			.mapToObj((position) -> Messages.message(position, null))
			.toArray(OutboxRecord[]::new);
		dispatch(many);
		assertThat(this.transport.sent).hasSize(3);
	}

	@Test
	void asksTheGateRightBeforeEachSend() {
		this.gate = (message) -> this.time.now() < Duration.ofMillis(2).toNanos();
		Answers answers = dispatch(Messages.message(1, "a"), Messages.message(2, "a"), Messages.message(3, "a"));
		assertThat(this.transport.sent).containsExactly(1L, 2L);
		assertThat(answers.confirmed()).hasSize(2);
	}

	@Test
	void isNotWokenForEachAnswerWhereOneLetsNothingGoOn() {
		dispatch(Messages.message(1, "a"), Messages.message(2, "b"), Messages.message(3, "c"),
				Messages.message(4, "d"));
		assertThat(this.time.wakes()).isOne();
	}

	@Test
	void isWokenForAnAnswerThatLetsTheNextOfItsKeyGo() {
		this.transport.answer(1, () -> {
			CompletableFuture<SendResult> answer = new CompletableFuture<>();
			this.time.after(Duration.ofMillis(8), () -> answer.complete(new SendResult.Confirmed()));
			return answer;
		});
		dispatch(Messages.message(1, "a"), Messages.message(2, "b"), Messages.message(3, "b"));
		assertThat(this.transport.sent).containsExactly(1L, 2L, 3L);
		assertThat(this.time.now()).isBetween(Duration.ofMillis(8).toNanos(), Duration.ofMillis(9).toNanos());
	}

	@Test
	void whatIsSilentHoldsUpTheOthersForAMomentOnly() {
		LongStream.range(0, 3).forEach((position) -> this.transport.answer(position, CompletableFuture::new));
		OutboxRecord[] many = LongStream.range(0, 20)
			.mapToObj((position) -> Messages.message(position, null))
			.toArray(OutboxRecord[]::new);
		Answers answers = dispatch(many);
		assertThat(answers.confirmed()).hasSize(17);
		assertThat(this.time.now()).isBetween(Duration.ofSeconds(9).toNanos(), Duration.ofMillis(9200).toNanos());
	}

	@Test
	void treatsADefectiveTransportAsNoAnswer() {
		this.transport.answer(1, () -> {
			throw new StackOverflowError("defect");
		}).answer(2, () -> {
			throw new IllegalArgumentException("defect");
		}).answer(4, () -> CompletableFuture.failedFuture(new IllegalStateException("defect")));
		Answers answers = dispatch(Messages.message(1, null), Messages.message(2, null), Messages.message(3, null),
				Messages.message(4, null));
		assertThat(answers.unavailable()).extracting(OutboxRecord::position).containsExactlyInAnyOrder(1L, 2L, 4L);
		assertThat(answers.confirmed()).extracting((one) -> one.message().position()).containsExactly(3L);
	}

	@Test
	void treatsANullAnswerAsNoAnswer() {
		this.transport.answer(1, () -> this.transport.later(null));
		assertThat(dispatch(Messages.message(1, null)).unavailable()).hasSize(1);
	}

	@Test
	void treatsAnUnknownTransportAsNoAnswer() {
		Answers answers = dispatch(Messages.at(1, Messages.message("other:a", null, "m1")),
				Messages.at(2, Messages.message("nonsense", null, "m2")));
		assertThat(answers.unavailable()).hasSize(2);
		assertThat(this.transport.sent).isEmpty();
	}

	@Test
	void doesNotWaitForEverForASilentTransport() {
		this.transport.answer(1, CompletableFuture::new);
		Answers answers = dispatch(Messages.message(1, "a"), Messages.message(2, "b"));
		assertThat(answers.unavailable()).extracting(OutboxRecord::position).containsExactly(1L);
		assertThat(answers.cause()).isInstanceOf(TimeoutException.class);
		assertThat(answers.confirmed()).hasSize(1);
	}

	@Test
	void eachAnswerBreaksTheSilence() {
		for (long position = 1; position <= 3; position++) {
			this.transport.answer(position, () -> {
				CompletableFuture<SendResult> answer = new CompletableFuture<>();
				this.time.after(Duration.ofSeconds(8), () -> answer.complete(new SendResult.Confirmed()));
				return answer;
			});
		}
		Answers answers = dispatch(Messages.message(1, "a"), Messages.message(2, "a"), Messages.message(3, "a"));
		assertThat(answers.confirmed()).hasSize(3);
	}

	@Test
	void goesOnWhereItsCallerLostPatience() {
		KeyOrderedDispatch dispatcher = dispatcher();
		this.transport.answer(1, CompletableFuture::new);
		dispatcher.begin(List.of(Messages.message(1, "a"), Messages.message(2, "b"), Messages.message(3, "b")));
		assertThat(dispatcher.goOn(0)).isFalse();
		this.time.pass(Duration.ofSeconds(1));
		assertThat(dispatcher.goOn(0)).isFalse();
		this.time.pass(Duration.ofSeconds(1));
		assertThat(dispatcher.goOn(0)).isFalse();
		assertThat(dispatcher.answers().confirmed()).hasSize(2);
		this.time.pass(Duration.ofSeconds(9));
		assertThat(dispatcher.goOn(0)).isTrue();
		assertThat(dispatcher.answers().unavailable()).hasSize(1);
	}

	@Test
	void doesNotWaitLongWhileItsLanesAreToBeHandedOver() {
		this.transport.answer(1, CompletableFuture::new);
		this.time.after(Duration.ofSeconds(2), () -> this.closes = true);
		Answers answers = dispatch(Messages.message(1, "a"), Messages.message(2, "b"));
		assertThat(answers.unavailable()).hasSize(1);
		assertThat(this.time.now()).isBetween(Duration.ofSeconds(5).toNanos(), Duration.ofSeconds(6).toNanos());
	}

	@Test
	void waitsNoLongerThanTheShutdownAllows() {
		this.transport.answer(1, CompletableFuture::new);
		this.shutdown.begin(Duration.ofMillis(100).toNanos());
		dispatch(Messages.message(1, null), Messages.message(2, null));
		assertThat(this.time.now()).isEqualTo(Duration.ofMillis(100).toNanos());
	}

	private Answers dispatch(OutboxRecord... messages) {
		return dispatcher().dispatch(List.of(messages));
	}

	private KeyOrderedDispatch.Gate gate() {
		return new KeyOrderedDispatch.Gate() {

			@Override
			public boolean maySend(OutboxRecord message) {
				return KeyOrderedDispatchTests.this.gate.test(message);
			}

			@Override
			public boolean closes() {
				return KeyOrderedDispatchTests.this.closes;
			}

		};
	}

	private KeyOrderedDispatch dispatcher() {
		RelaySettings settings = new RelaySettings(Duration.ofSeconds(10),
				new RelaySettings.Batching(500, 4, Duration.ofSeconds(9), 8), RelaySettings.Polling.defaults(),
				new RelaySettings.Retrying(new Backoff(Duration.ofMillis(10), Duration.ofSeconds(1)), 3, 0.2),
				new RelaySettings.Poison(5, PoisonPolicy.HALT_KEY, Map.of()), Duration.ofSeconds(5));
		Timing timing = this.time.timing();
		return new KeyOrderedDispatch(new Transports(List.of(this.transport)), gate(), settings, this.shutdown,
				timing.signals().create(), timing);
	}

}
