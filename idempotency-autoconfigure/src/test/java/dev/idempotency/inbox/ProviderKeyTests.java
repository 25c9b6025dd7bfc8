// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

import dev.idempotency.effect.CurrentEffect;
import dev.idempotency.effect.EffectInDoubtException;
import dev.idempotency.effect.EffectResult;
import dev.idempotency.effect.ProviderProfile;
import dev.idempotency.effect.Resolution;
import dev.idempotency.effect.UnprotectedEffectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.idempotency.effect.EffectContract.EXTERNAL_AT_MOST_ONCE;
import static dev.idempotency.effect.EffectContract.EXTERNAL_WITH_KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * How far an effect is repeated under the key its provider knows it by.
 */
class ProviderKeyTests extends AbstractExternalEffects {

	@Test
	void afterTheWindowOfTheProviderNothingIsCalled() {
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> fail(EXTERNAL_WITH_KEY, new IOException("timeout")));
		this.table.advance(DAY.minus(LEASE));
		assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> run(EXTERNAL_WITH_KEY));
		assertThat(this.runs).isOne();
	}

	@Test
	void aClosedWindowIsNoticedWithoutACall() {
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> fail(EXTERNAL_WITH_KEY, new IOException("timeout")));
		assertThat(sweep()).isZero();
		this.table.advance(DAY);
		assertThat(sweep()).isOne();
		assertThat(types()).containsExactly("Claimed", "Retryable", "InDoubt");
	}

	@Test
	void anErrorTheProviderKeepsRepeatingIsBoundedByTheAttempts() {
		for (int i = 1; i < 3; i++) {
			assertThatExceptionOfType(IOException.class)
				.isThrownBy(() -> fail(EXTERNAL_WITH_KEY, new IOException("500")));
		}
		assertThatExceptionOfType(EffectInDoubtException.class)
			.isThrownBy(() -> fail(EXTERNAL_WITH_KEY, new IOException("500")));
		assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> run(EXTERNAL_WITH_KEY));
		assertThat(this.runs).isEqualTo(3);
	}

	@Test
	void attemptsThatDiedAreBoundedToo() {
		for (int i = 0; i < 3; i++) {
			assertThatExceptionOfType(Died.class).isThrownBy(() -> die(EXTERNAL_WITH_KEY));
			this.table.advance(LEASE);
		}
		assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> run(EXTERNAL_WITH_KEY));
		assertThat(this.runs).isEqualTo(3);
	}

	@Test
	void aKeyIsStoredBeforeTheCallSoThatACrashDoesNotChangeIt() throws Throwable {
		assertThatExceptionOfType(Died.class).isThrownBy(() -> die(EXTERNAL_WITH_KEY));
		assertThat(this.table.find(KEY).providerKey()).isEqualTo(this.keys.get(0));
		this.table.advance(LEASE);
		run(EXTERNAL_WITH_KEY);
		assertThat(this.keys).hasSize(2).allMatch(this.keys.get(0)::equals);
	}

	@Test
	void aContractWithoutAKeyDoesNotRepeatWhatWasBegunWithOne() {
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> fail(EXTERNAL_WITH_KEY, new IOException("timeout")));
		assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> run(EXTERNAL_AT_MOST_ONCE));
		assertThat(this.runs).isOne();
	}

	@Test
	void aKeyNeedsAProvider() {
		ExternalSettings settings = new ExternalSettings(LEASE, Duration.ZERO, DAY, 3, null, Set.of(),
				new ListedFailures(List.of(), List.of()), false);
		assertThatExceptionOfType(UnprotectedEffectException.class)
			.isThrownBy(() -> new ExternalCall(KEY, null, EXTERNAL_WITH_KEY, settings))
			.withMessageContaining("idempotency.flows.payment.external.provider");
	}

	@Test
	void anUnclearFailureWithAKeyIsRepeatedUnderTheSameKey() throws Throwable {
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> fail(EXTERNAL_WITH_KEY, new IOException("timeout")));
		assertThat(run(EXTERNAL_WITH_KEY)).isInstanceOf(EffectResult.Applied.class);
		assertThat(this.keys).hasSize(2).containsOnly(ProviderProfile.STRIPE.keyOf(KEY, 0));
		assertThat(types()).containsExactly("Claimed", "Retryable", "Claimed", "Completed");
	}

	@Test
	void anErrorTheProviderStoredIsInDoubtAtOnce() {
		assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> answered(500, new IOException("500")))
			.withCauseInstanceOf(IOException.class);
		assertThat(this.table.oldest(1)).singleElement()
			.satisfies((effect) -> assertThat(effect.reason()).contains("answered 500", "would repeat that"));
		assertThat(this.keys).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 200, 409, 429, 502, 503 })
	void anAnswerTheProviderDoesNotStoreMayBeAskedForAgain(int status) throws Throwable {
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> answered(status, new IOException("unclear")));
		run(EXTERNAL_WITH_KEY);
		assertThat(this.keys).hasSize(2).allMatch(this.keys.get(0)::equals);
	}

	@Test
	void connectionsThatWereRefusedUseUpNoAttempt() throws Throwable {
		for (int i = 0; i < 10; i++) {
			assertThatExceptionOfType(ConnectException.class)
				.isThrownBy(() -> fail(EXTERNAL_WITH_KEY, new ConnectException("refused")));
		}
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> fail(EXTERNAL_WITH_KEY, new IOException("timeout")));
		assertThat(this.table.find(KEY)).matches((claim) -> claim.state() == ClaimState.RETRYABLE)
			.matches((claim) -> claim.attempts() == 1);
		run(EXTERNAL_WITH_KEY);
	}

	@Test
	void aPersonsRetryDoesNotProlongTheWindowOfAKeyTheProviderMayKnow() {
		doubt();
		this.table.advance(DAY.minus(LEASE.multipliedBy(2)));
		retry();
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> fail(EXTERNAL_WITH_KEY, new IOException("timeout")));
		this.table.advance(LEASE.multipliedBy(3));
		assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> run(EXTERNAL_WITH_KEY));
		assertThat(this.keys).hasSize(2).allMatch(this.keys.get(0)::equals);
	}

	@Test
	void aRefusedConnectionAfterAPersonsRetryDoesNotProlongTheWindowEither() {
		doubt();
		this.table.advance(DAY.minus(LEASE.dividedBy(2)));
		retry();
		assertThatExceptionOfType(ConnectException.class)
			.isThrownBy(() -> fail(EXTERNAL_WITH_KEY, new ConnectException("refused")));
		assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> run(EXTERNAL_WITH_KEY));
	}

	@Test
	void aPersonsRetryAfterTheWindowBeginsAnotherOne() throws Throwable {
		doubt();
		this.table.advance(DAY);
		retry();
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> fail(EXTERNAL_WITH_KEY, new IOException("timeout")));
		this.table.advance(DAY.minus(LEASE.multipliedBy(2)));
		run(EXTERNAL_WITH_KEY);
		assertThat(this.keys).hasSize(3).allMatch(this.keys.get(0)::equals);
	}

	@Test
	void aKeyTheProviderSurelyNeverSawBeginsItsWindowWithTheNextCall() throws Throwable {
		assertThatExceptionOfType(ConnectException.class)
			.isThrownBy(() -> fail(EXTERNAL_WITH_KEY, new ConnectException("refused")));
		this.table.advance(DAY.minus(LEASE));
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> fail(EXTERNAL_WITH_KEY, new IOException("timeout")));
		this.table.advance(DAY.minus(LEASE.multipliedBy(2)));
		run(EXTERNAL_WITH_KEY);
	}

	/**
	 * The provider answers an error it stores, so its window begins now.
	 */
	private void doubt() {
		assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> answered(500, new IOException("500")));
	}

	private void retry() {
		assertThat(new InDoubtEffects(this.table, this.table, (flow) -> settings(), this.listener)
			.resolve(this.table.oldest(1).get(0), Resolution.RETRY, "ada")).isTrue();
	}

	private void answered(int status, Throwable failure) throws Throwable {
		run(EXTERNAL_WITH_KEY, () -> {
			CurrentEffect.get().answered(status);
			throw failure;
		});
	}

}
