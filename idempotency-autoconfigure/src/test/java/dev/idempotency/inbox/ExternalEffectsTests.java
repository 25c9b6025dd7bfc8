// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.io.IOException;
import java.net.ConnectException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.stream.Stream;

import dev.idempotency.effect.CurrentEffect;
import dev.idempotency.effect.EffectCollisionException;
import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectInDoubtException;
import dev.idempotency.effect.EffectResult;
import dev.idempotency.effect.Outcome;
import dev.idempotency.effect.ReentrantEffectException;
import dev.idempotency.effect.ResultException;
import dev.idempotency.effect.StoredResult;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.idempotency.effect.EffectContract.EXTERNAL_AT_MOST_ONCE;
import static dev.idempotency.effect.EffectContract.EXTERNAL_WITH_KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a call of an external effect leads to.
 */
class ExternalEffectsTests extends AbstractExternalEffects {

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LOCAL")
	void theSecondCallIsADuplicateWithTheStoredResult(EffectContract contract) throws Throwable {
		assertThat(run(contract)).isEqualTo(new EffectResult.Applied<>("paid"));
		assertThat(run(contract))
			.isEqualTo(new EffectResult.Duplicate<>(Outcome.COMPLETED, new StoredResult("text", bytes("paid"))));
		assertThat(this.runs).isOne();
		assertThat(types()).containsExactly("Claimed", "Completed", "Duplicate");
		assertThat(this.beats).isEmpty();
	}

	@Test
	void anUnclearFailureWithoutAKeyIsInDoubtAndNeverRunAgain() throws Throwable {
		assertThatExceptionOfType(EffectInDoubtException.class)
			.isThrownBy(() -> fail(EXTERNAL_AT_MOST_ONCE, new IOException("timeout")))
			.withCauseInstanceOf(IOException.class);
		assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> run(EXTERNAL_AT_MOST_ONCE));
		this.table.advance(Duration.ofDays(1000));
		assertThat(sweep()).isZero();
		assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> run(EXTERNAL_AT_MOST_ONCE));
		assertThat(this.runs).isOne();
		assertThat(types()).containsExactly("Claimed", "InDoubt");
	}

	@Test
	void anErrorIsUnclearToo() {
		assertThatExceptionOfType(EffectInDoubtException.class)
			.isThrownBy(() -> fail(EXTERNAL_AT_MOST_ONCE, new OutOfMemoryError()));
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LOCAL")
	void whatSurelySentNothingMayRunAgain(EffectContract contract) throws Throwable {
		for (int i = 0; i < 10; i++) {
			assertThatExceptionOfType(ConnectException.class)
				.isThrownBy(() -> fail(contract, new ConnectException("refused")));
		}
		this.table.advance(DAY.multipliedBy(3));
		assertThat(sweep()).isZero();
		assertThat(run(contract)).isInstanceOf(EffectResult.Applied.class);
		assertThat(this.table.oldest(1)).isEmpty();
	}

	@Test
	void aRefusedConnectionAfterSomethingWasSentSaysNothing() {
		assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> run(EXTERNAL_AT_MOST_ONCE, () -> {
			CurrentEffect.get().reachedOutside();
			throw new ConnectException("refused");
		}));
	}

	@Test
	void aDatabaseThatRefusesAConnectionSaysNothingAboutTheProvider() {
		SQLException failure = new SQLException("down", new ConnectException("refused"));
		assertThatExceptionOfType(EffectInDoubtException.class)
			.isThrownBy(() -> fail(EXTERNAL_AT_MOST_ONCE, new IllegalStateException(failure)));
	}

	@Test
	void aRefusalIsStoredAsRejected() throws Throwable {
		assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> fail(EXTERNAL_WITH_KEY, new IllegalArgumentException("card declined")));
		assertThat(run(EXTERNAL_WITH_KEY)).isEqualTo(new EffectResult.Duplicate<>(Outcome.REJECTED));
		assertThat(this.runs).isOne();
	}

	@ParameterizedTest
	@EnumSource(ClaimState.class)
	void otherContentCollidesInEveryState(ClaimState state) {
		this.table.open(call(EXTERNAL_WITH_KEY, "content").request("somebody"));
		if (state != ClaimState.CLAIMED) {
			this.table.change(new ClaimChange(new ClaimId(KEY.hash(), 1), ClaimState.CLAIMED, state, false, true, false,
					DAY, null, null));
		}
		assertThatExceptionOfType(EffectCollisionException.class)
			.isThrownBy(() -> this.effects.run(call(EXTERNAL_WITH_KEY, "other"), (value) -> null, () -> "paid"));
		assertThat(this.table.find(KEY).state()).isEqualTo(state);
	}

	@Test
	void theSameEffectInsideOfItselfIsRefused() throws Throwable {
		run(EXTERNAL_WITH_KEY, () -> {
			assertThatExceptionOfType(ReentrantEffectException.class).isThrownBy(() -> run(EXTERNAL_WITH_KEY));
			return "paid";
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whatIsSaidOfARefusalIsToldAgainIfItCanBeStored(boolean storable) throws Throwable {
		StoredResult said = new StoredResult("text", bytes("card declined"));
		ResultEncoding<String> encoding = new ResultEncoding<>() {

			@Override
			public @Nullable StoredResult encode(String value) {
				return null;
			}

			@Override
			public @Nullable StoredResult encodeRejection(Throwable failure) {
				if (!storable) {
					throw new IllegalStateException("cannot be stored");
				}
				return said;
			}

		};
		assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> this.effects.run(call(EXTERNAL_WITH_KEY, null), encoding, () -> {
				throw new IllegalArgumentException("card declined");
			}));
		assertThat(run(EXTERNAL_WITH_KEY))
			.isEqualTo(new EffectResult.Duplicate<>(Outcome.REJECTED, storable ? said : null));
	}

	static Stream<RuntimeException> failuresOfACodec() {
		return Stream.of(new ResultException("too large"), new IllegalStateException("a codec of the application"));
	}

	@ParameterizedTest
	@MethodSource("failuresOfACodec")
	void aResultThatCannotBeStoredIsLeftOutBecauseTheEffectHappened(RuntimeException failure) throws Throwable {
		assertThat(this.effects.run(call(EXTERNAL_WITH_KEY, null), (value) -> {
			throw failure;
		}, () -> "paid")).isEqualTo(new EffectResult.Applied<>("paid"));
		assertThat(this.table.find(KEY)).matches((claim) -> claim.state() == ClaimState.COMPLETED)
			.matches((claim) -> claim.result().body() == null);
	}

}
