// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectGroupException;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.EffectObservation;
import dev.idempotency.effect.EffectResult;
import dev.idempotency.effect.Fingerprint;
import dev.idempotency.effect.Outcome;
import dev.idempotency.effect.Position;
import dev.idempotency.inbox.UnitOfWork.Completion;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class CachingInboxTests {

	private static final Duration RETENTION = Duration.ofDays(1);

	private static final Position POSITION = new Position.Offset("payments-0", 1, 0);

	private final HandClock clock = new HandClock();

	private final RecordedInbox recorded = new RecordedInbox();

	private final CachingInbox inbox = new CachingInbox(this.recorded, 100, this.clock);

	@Test
	void remembersWhatCommitted() {
		commit(call("1"));
		assertThat(this.inbox.known(call("1"))).isEqualTo(new Claim.Done(Outcome.COMPLETED));
		assertThat(this.inbox.claim(call("1"))).isEqualTo(new Claim.Done(Outcome.COMPLETED));
		assertThat(this.recorded.asked).containsExactly("1");
	}

	@Test
	void remembersARejectionAsSuch() {
		Claim.Held held = (Claim.Held) this.inbox.claim(call("1"));
		held.reject();
		held.ended(Completion.COMMITTED);
		assertThat(this.inbox.known(call("1"))).isEqualTo(new Claim.Done(Outcome.REJECTED));
		assertThat(this.recorded.rejected).isTrue();
	}

	@Test
	void knowsNothingBeforeTheCommit() {
		this.inbox.claim(call("1"));
		assertThat(this.inbox.known(call("1"))).isNull();
	}

	@ParameterizedTest
	@EnumSource(value = Completion.class, names = "COMMITTED", mode = EnumSource.Mode.EXCLUDE)
	void remembersNothingThatMayNotHaveCommitted(Completion completion) {
		((Claim.Held) this.inbox.claim(call("1"))).ended(completion);
		assertThat(this.inbox.known(call("1"))).isNull();
	}

	@Test
	void remembersNothingThatOthersFinished() {
		this.recorded.answer = new Claim.Done(Outcome.COMPLETED);
		this.inbox.claim(call("1"));
		assertThat(this.inbox.known(call("1"))).isNull();
	}

	@Test
	void leavesACollisionToTheInbox() {
		commit(call("1", "content"));
		assertThat(this.inbox.known(call("1", "other content"))).isNull();
		this.recorded.answer = new Claim.Collision();
		assertThat(this.inbox.claim(call("1", "other content"))).isEqualTo(new Claim.Collision());
		assertThat(this.inbox.claimAll(List.of(call("1", "other content")))).containsExactly(new Claim.Collision());
	}

	@Test
	void takesContentThatOneOfTheTwoDoesNotNameForTheSame() {
		commit(call("1", "content"));
		commit(call("2", null));
		assertThat(this.inbox.known(call("1", null))).isNotNull();
		assertThat(this.inbox.known(call("2", "content"))).isNotNull();
		assertThat(this.inbox.known(call("1", "content"))).isNotNull();
	}

	@Test
	void tellsKeysApartByTheirHash() {
		commit(call("1"));
		assertThat(this.inbox.known(call("2"))).isNull();
		assertThat(this.inbox.known(new EffectCall(new EffectKey("other", "source", "1"), null, call("1").settings())))
			.isNull();
	}

	@Test
	void tellsKeysApartWhoseHashCodesAreEqual() {
		Map<Integer, EffectCall> seen = new HashMap<>();
		EffectCall first = null;
		EffectCall second = null;
		for (int id = 0; first == null; id++) {
			second = call("x" + id + "x");
			first = seen.put(Arrays.hashCode(second.key().hash()), second);
		}
		commit(first);
		assertThat(this.inbox.known(first)).isNotNull();
		assertThat(this.inbox.known(second)).isNull();
	}

	@Test
	void forgetsWhenTheRetentionEnds() {
		Claim.Held held = (Claim.Held) this.inbox.claim(call("1"));
		this.clock.advance(Duration.ofHours(1));
		held.ended(Completion.COMMITTED);
		this.clock.advance(RETENTION.minus(Duration.ofHours(1)).minusNanos(1));
		assertThat(this.inbox.known(call("1"))).isNotNull();
		this.clock.advance(Duration.ofNanos(1));
		assertThat(this.inbox.known(call("1"))).isNull();
	}

	@ParameterizedTest
	@EnumSource(Bound.class)
	void remembersNoMoreThanItMay(Bound bound) {
		CachingInbox bounded = new CachingInbox(this.recorded, bound.size, this.clock);
		List<EffectCall> calls = IntStream.range(0, 500).mapToObj((id) -> call("" + id)).toList();
		calls.forEach((call) -> ((Claim.Held) bounded.claim(call)).ended(Completion.COMMITTED));
		assertThat(calls.stream().filter((call) -> bounded.known(call) != null).count()).isPositive()
			.isLessThanOrEqualTo(bound.size);
	}

	@Test
	void forgetsWhatWasNotAskedForLongest() {
		CachingInbox bounded = new CachingInbox(this.recorded, 32, this.clock);
		((Claim.Held) bounded.claim(call("not asked for"))).ended(Completion.COMMITTED);
		((Claim.Held) bounded.claim(call("asked for"))).ended(Completion.COMMITTED);
		for (int id = 0; id < 500; id++) {
			((Claim.Held) bounded.claim(call("" + id))).ended(Completion.COMMITTED);
			assertThat(bounded.known(call("" + id))).isNotNull();
			assertThat(bounded.known(call("asked for"))).isNotNull();
		}
		assertThat(bounded.known(call("not asked for"))).isNull();
	}

	@Test
	void mustHoldSomething() {
		assertThatIllegalArgumentException().isThrownBy(() -> new CachingInbox(this.recorded, 0, this.clock));
	}

	@Test
	void forgetsEverythingWhenTheDatabaseMayBeAnotherOne() {
		commit(call("1"));
		this.recorded.failure = new IllegalStateException("connection reset");
		assertThatIllegalStateException().isThrownBy(() -> this.inbox.claim(call("2")));
		assertThat(this.inbox.known(call("1"))).isNull();
	}

	@Test
	void forgetsEverythingAfterACommitWithoutAnswer() {
		commit(call("1"));
		((Claim.Held) this.inbox.claim(call("2"))).ended(Completion.UNKNOWN);
		assertThat(this.inbox.known(call("1"))).isNull();
	}

	@Test
	void leavesStreamsToTheInbox() {
		EffectCall positioned = new EffectCall(call("1").key(), null, call("1").settings(), POSITION);
		commit(call("1"));
		assertThat(this.inbox.known(positioned)).isNull();
		commit(new EffectCall(call("2").key(), null, call("2").settings(), POSITION));
		assertThat(this.inbox.known(call("2"))).isNull();
	}

	@Test
	void asksForTheRestOfABatchOnly() {
		commit(call("2"));
		List<Claim> claims = this.inbox.claimAll(List.of(call("1"), call("2"), call("3")));
		assertThat(claims.get(1)).isEqualTo(new Claim.Done(Outcome.COMPLETED));
		assertThat(this.recorded.asked).containsExactly("2", "1", "3");
		claims.stream()
			.filter(Claim.Held.class::isInstance)
			.forEach((claim) -> ((Claim.Held) claim).ended(Completion.COMMITTED));
		assertThat(this.inbox.claimAll(List.of(call("1"), call("2"), call("3"))))
			.containsOnly(new Claim.Done(Outcome.COMPLETED));
		assertThat(this.recorded.asked).hasSize(3);
	}

	@Test
	void busyBatchIsBusyAsAWhole() {
		commit(call("2"));
		this.recorded.answer = new Claim.Busy(null);
		assertThat(this.inbox.claimAll(List.of(call("1"), call("2")))).containsExactly(new Claim.Busy(null),
				new Claim.Busy(null));
	}

	@Test
	void rememberedDuplicateNeedsNoTransactionAndIsCounted() throws Throwable {
		List<EffectEvent> events = new ArrayList<>();
		LocalEffects effects = new LocalEffects(this.inbox, events::add, EffectObservation.NONE, this.clock);
		effects.run(call("1"), new ScriptedTransaction(), () -> "value");
		ScriptedTransaction second = new ScriptedTransaction();
		assertThat(effects.<String>run(call("1"), second, () -> {
			throw new AssertionError("must not run");
		})).isEqualTo(new EffectResult.Duplicate<>(Outcome.COMPLETED));
		assertThat(second.log).isEmpty();
		assertThat(events).last().isEqualTo(new EffectEvent.Duplicate("flow", call("1").key(), Outcome.COMPLETED));
	}

	@Test
	void effectThatRolledBackRunsAgain() throws Throwable {
		LocalEffects effects = new LocalEffects(this.inbox, (event) -> {
		}, EffectObservation.NONE, this.clock);
		assertThatIllegalStateException().isThrownBy(() -> effects.run(call("1"), new ScriptedTransaction(), () -> {
			throw new IllegalStateException("declined");
		}));
		assertThat(effects.run(call("1"), new ScriptedTransaction(), () -> "value"))
			.isEqualTo(new EffectResult.Applied<>("value"));
	}

	@Test
	void effectsOfAGroupAreRememberedOnceItCommitted() throws Throwable {
		LocalEffects effects = new LocalEffects(this.inbox, (event) -> {
		}, EffectObservation.NONE, this.clock);
		effects.runAll(List.of(call("1"), call("2")), new ScriptedTransaction(),
				(claims) -> assertThat(claims).allMatch(Claim.Held.class::isInstance));
		effects.runAll(List.of(call("2"), call("3")), new ScriptedTransaction(), (claims) -> {
			assertThat(claims.get(0)).isEqualTo(new Claim.Done(Outcome.COMPLETED));
			assertThat(claims.get(1)).isInstanceOf(Claim.Held.class);
		});
		assertThat(this.recorded.asked).containsExactly("1", "2", "3");
	}

	@Test
	void effectsOfAGroupThatRolledBackAreNotRemembered() {
		LocalEffects effects = new LocalEffects(this.inbox, (event) -> {
		}, EffectObservation.NONE, this.clock);
		assertThatExceptionOfType(EffectGroupException.class)
			.isThrownBy(() -> effects.runAll(List.of(call("1"), call("2")), new ScriptedTransaction(), (claims) -> {
				throw new IllegalStateException("declined");
			}));
		assertThat(this.inbox.known(call("1"))).isNull();
		assertThat(this.inbox.known(call("2"))).isNull();
	}

	private void commit(EffectCall call) {
		((Claim.Held) this.inbox.claim(call)).ended(Completion.COMMITTED);
	}

	private static EffectCall call(String id) {
		return call(id, null);
	}

	private static EffectCall call(String id, @Nullable String content) {
		return new EffectCall(new EffectKey("flow", "source", id),
				(content != null) ? Fingerprint.of(content.getBytes(StandardCharsets.UTF_8)) : null,
				new EffectCall.Settings(Duration.ofSeconds(1), RETENTION));
	}

	private enum Bound {

		ONE(1), FEWER_THAN_SEGMENTS(5), MORE(100);

		private final int size;

		Bound(int size) {
			this.size = size;
		}

	}

}
