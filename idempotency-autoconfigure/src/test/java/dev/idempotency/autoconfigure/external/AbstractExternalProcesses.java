// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.external;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.testing.ChildProcess;
import dev.idempotency.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.idempotency.effect.EffectContract.EXTERNAL_AT_MOST_ONCE;
import static dev.idempotency.effect.EffectContract.EXTERNAL_WITH_KEY;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Processes that want the same external effect at the same time.
 */
abstract class AbstractExternalProcesses extends AbstractExternalFixture {

	AbstractExternalProcesses(TestDatabase database) {
		super(database);
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LOCAL")
	void manyThreadsOfTwoProcessesCallOnceAndAllGetTheSame(EffectContract contract) {
		ChildProcess one = node(contract, 64);
		ChildProcess other = node(contract, 64);
		one.waitForLine("^END", LONG);
		other.waitForLine("^END", LONG);
		List<String> got = new ArrayList<>(lines(one, "GOT"));
		got.addAll(lines(other, "GOT"));
		assertThat(got).hasSize(128)
			.containsOnlyOnce("GOT now charge-0-42")
			.containsOnly("GOT now charge-0-42", "GOT again charge-0-42");
		assertThat(this.provider.keys()).hasSize(1);
	}

	@Test
	void whoSleptThroughItsLeaseChangesNothingWhenItWakesUp() {
		this.provider.answer(ChargingProvider.Answer.LATE);
		ChildProcess sleeper = node(EXTERNAL_WITH_KEY, 1);
		awaitRequests(1);
		sleeper.pause();
		this.provider.answer(ChargingProvider.Answer.AT_ONCE);
		ChildProcess next = node(EXTERNAL_WITH_KEY, 1);
		next.waitForLine("^GOT now charge-0-42", LONG);
		Map<String, Object> before = row();
		this.provider.release();
		sleeper.resume();
		sleeper.waitForLine("^END", LONG);
		assertThat(lines(sleeper, "EVENT")).containsExactly("EVENT Claimed", "EVENT StaleCompletion");
		assertThat(row()).isEqualTo(before).containsEntry("status", "COMPLETED");
	}

	@Test
	void withoutAKeyWhoSleptThroughItsLeaseLeavesTheDoubtToPeople() {
		this.provider.answer(ChargingProvider.Answer.LATE);
		ChildProcess sleeper = node(EXTERNAL_AT_MOST_ONCE, 1);
		awaitRequests(1);
		sleeper.pause();
		assertThat(lines(ended(process(EXTERNAL_AT_MOST_ONCE, 1)), "FAILED"))
			.containsExactly("FAILED EffectInDoubtException");
		Map<String, Object> before = row();
		this.provider.release();
		sleeper.resume();
		sleeper.waitForLine("^END", LONG);
		assertThat(lines(sleeper, "EVENT")).containsExactly("EVENT Claimed", "EVENT StaleCompletion");
		assertThat(row()).isEqualTo(before).containsEntry("status", "IN_DOUBT");
		assertThat(this.provider.keys()).hasSize(1);
	}

	@Test
	void aCallThatTakesLongerThanItsLeaseIsKeptAlive() {
		this.provider.answer(ChargingProvider.Answer.LATE);
		ChildProcess owner = node(EXTERNAL_AT_MOST_ONCE, 1);
		awaitRequests(1);
		assertThat(lines(ended(process(EXTERNAL_AT_MOST_ONCE, 1).systemProperty(ExternalNode.WAIT_FOR,
				ExternalNode.LEASE.multipliedBy(2))), "FAILED"))
			.containsExactly("FAILED EffectInProgressException");
		this.provider.release();
		owner.waitForLine("^GOT now charge-0-42", LONG);
	}

	/**
	 * Two nodes, of which the clock of one is wrong by more than the lease, and by more
	 * than the window of the provider.
	 */
	@ParameterizedTest
	@CsvSource({ "PT0S, PT10M", "PT0S, -PT10M", "PT25H, PT0S", "-PT25H, PT0S" })
	void aClockThatIsWrongStealsNothingAndLosesNothing(String owners, String others) {
		this.provider.answer(ChargingProvider.Answer.LATE);
		ChildProcess owner = start(process(EXTERNAL_WITH_KEY, 1).systemProperty(ExternalNode.CLOCK_IS_AHEAD, owners));
		awaitRequests(1);
		ChildProcess early = ended(process(EXTERNAL_WITH_KEY, 2).systemProperty(ExternalNode.CLOCK_IS_AHEAD, others)
			.systemProperty(ExternalNode.WAIT_FOR, ExternalNode.LEASE));
		assertThat(lines(early, "FAILED")).hasSize(2).containsOnly("FAILED EffectInProgressException");
		assertThat(status()).isEqualTo("CLAIMED");
		owner.kill9();
		this.provider.answer(ChargingProvider.Answer.AT_ONCE);
		ChildProcess next = ended(process(EXTERNAL_WITH_KEY, 2).systemProperty(ExternalNode.CLOCK_IS_AHEAD, others));
		assertThat(lines(next, "GOT")).containsExactlyInAnyOrder("GOT now charge-0-42", "GOT again charge-0-42");
		assertThat(this.provider.keys()).hasSize(2).allMatch(this.provider.keys().get(0)::equals);
		assertThat(this.provider.charges()).isOne();
	}

}
