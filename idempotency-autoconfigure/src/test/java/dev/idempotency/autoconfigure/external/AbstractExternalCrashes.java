// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.external;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import dev.idempotency.effect.InDoubtEffect;
import dev.idempotency.effect.Resolution;
import dev.idempotency.inbox.ExternalSettings;
import dev.idempotency.inbox.InDoubtEffects;
import dev.idempotency.inbox.ListedFailures;
import dev.idempotency.jdbc.Dialect;
import dev.idempotency.jdbc.JdbcClaimStore;
import dev.idempotency.jdbc.JdbcDoubtStore;
import dev.idempotency.testing.ChildProcess;
import dev.idempotency.testing.JavaProcess;
import dev.idempotency.testing.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.idempotency.effect.EffectContract.EXTERNAL_AT_MOST_ONCE;
import static dev.idempotency.effect.EffectContract.EXTERNAL_WITH_KEY;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A process is killed at every point of an external effect, and another one is asked for
 * the same effect.
 */
abstract class AbstractExternalCrashes extends AbstractExternalFixture {

	AbstractExternalCrashes(TestDatabase database) {
		super(database);
	}

	@ParameterizedTest
	@EnumSource
	void withAKeyItIsRepeatedUnderTheSameKeyAndHappensOnce(CrashPoint point) {
		kill(point, process(EXTERNAL_WITH_KEY, 1));
		ChildProcess next = ended(process(EXTERNAL_WITH_KEY, 1));
		assertThat(lines(next, "GOT"))
			.containsExactly(point.isFinished() ? "GOT again charge-0-42" : "GOT now charge-0-42");
		assertThat(this.provider.keys()).hasSize(point.requests() + (point.isFinished() ? 0 : 1))
			.allMatch(this.provider.keys().get(0)::equals)
			.doesNotContain("null");
		assertThat(this.provider.charges()).isOne();
		assertThat(status()).isEqualTo("COMPLETED");
	}

	@ParameterizedTest
	@EnumSource
	void withoutAKeyItIsNeverCalledTwiceAndWhatIsUnclearIsInDoubt(CrashPoint point) {
		kill(point, process(EXTERNAL_AT_MOST_ONCE, 1));
		ChildProcess next = ended(process(EXTERNAL_AT_MOST_ONCE, 2));
		boolean doubtful = point.isClaimed() && !point.isFinished();
		assertThat(lines(next, "FAILED")).hasSize(doubtful ? 2 : 0).allMatch("FAILED EffectInDoubtException"::equals);
		assertThat(lines(next, "GOT")).hasSize(doubtful ? 0 : 2);
		assertThat(lines(next, "EVENT InDoubt")).hasSize(doubtful ? 1 : 0);
		assertThat(this.provider.keys()).hasSize(point.isClaimed() ? point.requests() : 1);
		assertThat(this.provider.charges()).isEqualTo(point.isClaimed() ? point.charges() : 1);
		assertThat(inDoubt().oldest(10)).hasSize(doubtful ? 1 : 0);
		assertThat(status()).isEqualTo(doubtful ? "IN_DOUBT" : "COMPLETED");
	}

	@ParameterizedTest
	@EnumSource
	void withoutAKeyItIsRunAgainOnlyIfSomebodyDecidesSo(Resolution decision) {
		kill(CrashPoint.IN_A_CALL_THAT_CHARGED, process(EXTERNAL_AT_MOST_ONCE, 1));
		ended(process(EXTERNAL_AT_MOST_ONCE, 1));
		decide(decision);
		ChildProcess next = ended(process(EXTERNAL_AT_MOST_ONCE, 2));
		boolean again = decision == Resolution.DID_NOT_HAPPEN || decision == Resolution.RETRY;
		assertThat(lines(next, "FAILED")).isEmpty();
		assertThat(lines(next, "CALLING")).hasSize(again ? 1 : 0);
		assertThat(lines(next, "GOT"))
			.containsExactlyInAnyOrderElementsOf(again ? List.of("GOT now charge-1-42", "GOT again charge-1-42")
					: List.of("GOT again without a result", "GOT again without a result"));
		assertThat(this.provider.keys()).hasSize(again ? 2 : 1);
		assertThat(status()).isEqualTo((decision == Resolution.GIVE_UP) ? "REJECTED" : "COMPLETED");
	}

	@ParameterizedTest
	@EnumSource(names = { "DID_NOT_HAPPEN", "RETRY" })
	void withAKeyADecisionChoosesTheKeyOfTheNextCall(Resolution decision) {
		kill(CrashPoint.IN_A_CALL_THAT_CHARGED, process(EXTERNAL_WITH_KEY, 1));
		JavaProcess once = process(EXTERNAL_WITH_KEY, 1).systemProperty(ExternalNode.MAX_ATTEMPTS, 1);
		assertThat(lines(ended(once), "FAILED")).containsExactly("FAILED EffectInDoubtException");
		assertThat(this.provider.keys()).hasSize(1);
		decide(decision);
		assertThat(lines(ended(once), "GOT now")).hasSize(1);
		boolean sameKey = decision == Resolution.RETRY;
		assertThat(this.provider.keys()).hasSize(2);
		assertThat(Set.copyOf(this.provider.keys())).hasSize(sameKey ? 1 : 2);
		assertThat(this.provider.charges()).isEqualTo(sameKey ? 1 : 2);
	}

	/**
	 * The provider waits inside of a call; everywhere else the process does.
	 */
	private void kill(CrashPoint point, JavaProcess process) {
		if (point.isInTheCall()) {
			this.provider
				.answer((point.charges() == 0) ? ChargingProvider.Answer.NEVER_CHARGES : ChargingProvider.Answer.NEVER);
			ChildProcess node = start(process);
			awaitRequests(1);
			node.kill9();
			this.provider.answer(ChargingProvider.Answer.AT_ONCE);
		}
		else {
			ChildProcess node = start(process.systemProperty(ExternalNode.CRASH_POINT, point));
			node.waitForLine(CrashPoint.LINE, LONG);
			node.kill9();
		}
		assertThat(this.provider.keys()).hasSize(point.requests());
		assertThat(this.provider.charges()).isEqualTo(point.charges());
	}

	private void decide(Resolution decision) {
		List<InDoubtEffect> doubts = inDoubt().oldest(10);
		assertThat(doubts).hasSize(1);
		assertThat(inDoubt().resolve(doubts.get(0).id(), decision, "operator")).isTrue();
		assertThat(inDoubt().resolve(doubts.get(0).id(), decision, "another operator")).isFalse();
	}

	private InDoubtEffects inDoubt() {
		Dialect dialect = Dialect.of(this.dataSource);
		ExternalSettings settings = new ExternalSettings(ExternalNode.LEASE, Duration.ZERO, Duration.ofDays(1), 1, null,
				Set.of(), new ListedFailures(List.of(), List.of()), false);
		return new InDoubtEffects(new JdbcClaimStore(this.dataSource, dialect),
				new JdbcDoubtStore(this.dataSource, dialect), (flow) -> settings, (event) -> {
				});
	}

}
