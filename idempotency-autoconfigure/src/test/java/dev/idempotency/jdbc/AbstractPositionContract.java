// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.EffectFencedException;
import dev.idempotency.effect.Position;
import dev.idempotency.effect.UnprotectedEffectException;
import dev.idempotency.inbox.Claim;
import dev.idempotency.inbox.Stream;
import dev.idempotency.testing.JdbcEvent;
import dev.idempotency.testing.JdbcFault;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What a position keeps to, whatever the database.
 */
abstract class AbstractPositionContract extends AbstractPositionFixture {

	@Test
	void managerThatSynchronizesNothingCommits() {
		JdbcTransactionManager manager = new JdbcTransactionManager(this.faulty);
		manager.setTransactionSynchronization(AbstractPlatformTransactionManager.SYNCHRONIZATION_NEVER);
		manager.addListener(new CommitRide(this.faulty));
		new TransactionTemplate(manager)
			.executeWithoutResult((status) -> this.database.jdbc().update("INSERT INTO business VALUES (7, 1)"));
		assertThat(applied()).containsExactly(7);
	}

	@Test
	void rowsOfKeysAreLookedForOncePerFlowThatHasLogsAndNeverForSequences() {
		this.faulty.reset();
		for (int i = 0; i < 5; i++) {
			this.consumer.streams.own(new Stream("numbered", "sequence-" + i), () -> 0);
		}
		assertThat(statements()).noneMatch((sql) -> sql.contains("idempotency_inbox"));
		for (int i = 0; i < 5; i++) {
			this.consumer.streams.own(new Stream("logged", "log-" + i), () -> 1000);
		}
		assertThat(statements()).filteredOn((sql) -> sql.contains("idempotency_inbox")).hasSize(1);
	}

	@Test
	void aRepetitionIsKnownWithoutAStatement() {
		this.consumer.own(OFFSETS);
		this.consumer.apply(offset(0, 7));
		this.faulty.reset();
		Claim claim = this.consumer.apply(offset(0, 7));
		assertThat(claim).isInstanceOf(Claim.Done.class);
		assertThat(statements()).isEmpty();
		assertThat(applied()).containsExactly(7);
	}

	@Test
	void whoeverTakesTheStreamKnowsWhatWasApplied() {
		this.consumer.own(OFFSETS);
		this.consumer.apply(offset(3, 7));
		Consumer next = new Consumer();
		assertThat(next.own(OFFSETS).position()).isEqualTo(8);
		assertThat(next.apply(offset(3, 7))).isInstanceOf(Claim.Done.class);
		assertThat(next.apply(offset(3, 8))).isInstanceOf(Claim.Held.class);
	}

	@Test
	void anOffsetGivenAgainByALaterLeaderIsNew() {
		this.consumer.own(OFFSETS);
		this.consumer.apply(offset(3, 7));
		assertThat(this.consumer.apply(call(offset(4, 6)), () -> insert(offset(4, 6)))).isInstanceOf(Claim.Held.class);
		assertThat(this.consumer.apply(offset(3, 7))).isInstanceOf(Claim.Done.class);
		assertThat(this.consumer.apply(offset(3, 9))).isInstanceOf(Claim.Done.class);
		assertThat(applied()).containsExactly(6, 7);
	}

	@Test
	void aStreamThatNobodyTookIsBusy() {
		assertThat(this.consumer.apply(offset(0, 7))).isInstanceOf(Claim.Busy.class);
		assertThat(applied()).isEmpty();
	}

	@Test
	void whoeverWasFencedOffChangesNothing() {
		this.consumer.own(OFFSETS);
		Consumer next = new Consumer();
		next.own(OFFSETS);
		assertThatExceptionOfType(EffectFencedException.class).isThrownBy(() -> this.consumer.apply(offset(0, 7)));
		assertThat(applied()).isEmpty();
		assertThat(next.apply(offset(0, 7))).isInstanceOf(Claim.Held.class);
		assertThat(applied()).containsExactly(7);
	}

	@Test
	void aTakeOverWhileTheEffectRunsRollsItBack() {
		this.consumer.own(OFFSETS);
		Consumer next = new Consumer();
		assertThatExceptionOfType(EffectFencedException.class)
			.isThrownBy(() -> this.consumer.apply(call(offset(0, 7)), () -> {
				insert(offset(0, 7));
				return inAnotherThread(() -> next.own(OFFSETS));
			}));
		assertThat(applied()).isEmpty();
	}

	@Test
	void whoeverWasFencedOffTakesTheStreamAgainAndGoesOn() {
		this.consumer.own(OFFSETS);
		Consumer late = new Consumer();
		late.own(OFFSETS);
		assertThat(catchThrowable(() -> this.consumer.apply(offset(0, 7)))).isNotNull();
		assertThat(this.consumer.apply(offset(0, 7))).isInstanceOf(Claim.Busy.class);
		this.consumer.own(OFFSETS);
		assertThat(this.consumer.apply(offset(0, 7))).isInstanceOf(Claim.Held.class);
		assertThatExceptionOfType(EffectFencedException.class)
			.isThrownBy(() -> late.apply(call(offset(0, 7)), () -> insert(offset(0, 8))));
		assertThat(applied()).containsExactly(7);
	}

	/**
	 * As when a consumer thread that lost its partition works on while another thread of
	 * the same process has it.
	 */
	@Test
	void ofTwoThreadsThatBothOwnTheStreamOneCommits() {
		this.consumer.own(OFFSETS);
		this.consumer.apply(offset(0, 6));
		assertThatExceptionOfType(EffectFencedException.class)
			.isThrownBy(() -> this.consumer.apply(call(offset(0, 7)), () -> {
				insert(offset(0, 1));
				return inAnotherThread(() -> this.consumer.apply(offset(0, 7)));
			}));
		assertThat(applied()).containsExactly(6, 7);
		this.consumer.own(OFFSETS);
		assertThat(this.consumer.apply(offset(0, 7))).isInstanceOf(Claim.Done.class);
	}

	@Test
	void aRowThatIsGoneFencesAsWell() {
		this.consumer.own(OFFSETS);
		this.database.jdbc().update("DELETE FROM idempotency_position");
		assertThatExceptionOfType(EffectFencedException.class).isThrownBy(() -> this.consumer.apply(offset(0, 7)));
		assertThat(applied()).isEmpty();
	}

	@Test
	void aRollbackLeavesThePositionAndWhatIsKnown() {
		this.consumer.own(OFFSETS);
		assertThat(catchThrowable(() -> this.consumer.apply(call(offset(0, 7)), () -> {
			throw new IllegalStateException("business");
		}))).hasMessage("business");
		this.faulty.reset();
		assertThat(this.consumer.apply(offset(0, 7))).isInstanceOf(Claim.Held.class);
		assertThat(applied()).containsExactly(7);
	}

	@Test
	void aCommitWhoseAnswerIsLostIsLookedUp() {
		this.consumer.own(OFFSETS);
		this.faulty.after(JdbcEvent.commit(), JdbcFault.connectionLost().times(1));
		assertThat(catchThrowable(() -> this.consumer.apply(offset(0, 7)))).isNotNull();
		assertThat(this.consumer.apply(offset(0, 7))).isInstanceOf(Claim.Busy.class);
		this.consumer.own(OFFSETS);
		assertThat(this.consumer.apply(offset(0, 7))).isInstanceOf(Claim.Done.class);
		assertThat(applied()).containsExactly(7);
	}

	@Test
	void aConnectionLostBeforeThePositionMovesLeavesNothing() {
		this.consumer.own(OFFSETS);
		this.faulty.before(JdbcEvent.statement("update idempotency_position set position"),
				JdbcFault.connectionLost().times(1));
		assertThat(catchThrowable(() -> this.consumer.apply(offset(0, 7)))).isNotNull();
		this.consumer.own(OFFSETS);
		assertThat(this.consumer.apply(offset(0, 7))).isInstanceOf(Claim.Held.class);
		assertThat(applied()).containsExactly(7);
	}

	/**
	 * The effect is undone although the transaction commits.
	 */
	@Test
	void anEffectRolledBackToASavepointDoesNotMoveThePosition() {
		this.consumer.own(OFFSETS);
		this.consumer.transactions.executeWithoutResult((outer) -> {
			Object savepoint = outer.createSavepoint();
			this.consumer.apply(offset(0, 7));
			outer.rollbackToSavepoint(savepoint);
		});
		assertThat(applied()).isEmpty();
		this.consumer.own(OFFSETS);
		assertThat(this.consumer.apply(offset(0, 7))).isInstanceOf(Claim.Held.class);
	}

	@Test
	void aSavepointInsideTheEffectChangesNothingForIt() {
		this.consumer.own(OFFSETS);
		TransactionTemplate nested = new TransactionTemplate(this.consumer.transactions.getTransactionManager());
		nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
		this.consumer.apply(call(offset(0, 7)), () -> {
			nested.executeWithoutResult((inner) -> {
				insert(offset(0, 1));
				inner.setRollbackOnly();
			});
			return insert(offset(0, 7));
		});
		assertThat(applied()).containsExactly(7);
		assertThat(this.consumer.apply(offset(0, 7))).isInstanceOf(Claim.Done.class);
	}

	@Test
	void anotherTransactionInBetweenDoesNotCarryThePosition() {
		this.consumer.own(OFFSETS);
		TransactionTemplate apart = new TransactionTemplate(this.consumer.transactions.getTransactionManager());
		apart.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		this.consumer.transactions.executeWithoutResult((outer) -> {
			this.consumer.apply(offset(0, 7));
			apart.executeWithoutResult((inner) -> insert(offset(0, 1)));
			outer.setRollbackOnly();
		});
		assertThat(applied()).containsExactly(1);
		this.consumer.own(OFFSETS);
		assertThat(this.consumer.apply(offset(0, 7))).isInstanceOf(Claim.Held.class);
	}

	@Test
	void anEffectJoinsTheTransactionOfItsCaller() {
		this.consumer.own(OFFSETS);
		this.consumer.transactions.executeWithoutResult((outer) -> {
			this.consumer.apply(offset(0, 7));
			insert(offset(0, 1));
		});
		assertThat(applied()).containsExactly(1, 7);
		assertThat(new Consumer().own(OFFSETS).position()).isEqualTo(8);
	}

	@Test
	void outsideATransactionNothingIsClaimed() {
		this.consumer.own(OFFSETS);
		assertThatExceptionOfType(UnprotectedEffectException.class)
			.isThrownBy(() -> this.consumer.inbox.claim(call(offset(0, 7))))
			.withMessageContaining("no transaction is active");
	}

	@Test
	void keysThatDecideMeanwhileFenceOffPlacesAndAreAskedFirst() {
		this.consumer.own(OFFSETS);
		this.consumer.apply(offset(0, 7));
		new Consumer().streams.leave("flow");
		assertThatExceptionOfType(EffectFencedException.class).isThrownBy(() -> this.consumer.apply(offset(0, 8)));
		assertThat(new Consumer().own(OFFSETS).since()).isEqualTo(1000);
		assertThat(new Consumer().own(OFFSETS).since()).isEqualTo(1000);
	}

	@Test
	void streamsThatNobodyOwnsAreNotLeft() {
		this.consumer.streams.share(NUMBERS);
		this.consumer.streams.leave("flow");
		assertThat(this.database.count("idempotency_position WHERE since = 0 AND owner = 0")).isOne();
	}

	@Test
	void offsetsThatKeysMayHaveDecidedAreTold() {
		assertThat(this.consumer.own(OFFSETS).since()).isZero();
		this.database.empty();
		this.database.jdbc()
			.update("INSERT INTO idempotency_inbox (completed_at, expires_at, key_hash, flow, outcome) "
					+ "SELECT CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, ?, 'flow', 'COMPLETED'", new byte[32]);
		Consumer later = new Consumer();
		assertThat(later.own(OFFSETS).since()).isEqualTo(1000);
		assertThat(new Consumer().own(OFFSETS).since()).isEqualTo(1000);
	}

	@Test
	void aBatchMovesItsStreamByOneStatement() {
		this.consumer.own(OFFSETS);
		this.consumer.apply(offset(0, 1));
		this.faulty.reset();
		List<Claim> claims = this.consumer.transactions.execute((status) -> {
			List<Claim> found = this.consumer.inbox
				.claimAll(List.of(call(offset(0, 1)), call(offset(0, 2)), call(offset(0, 2)), call(offset(0, 3))));
			assertThat(((Claim.Held) found.get(1)).holds()).isTrue();
			return found;
		});
		assertThat(claims.get(0)).isInstanceOf(Claim.Done.class);
		assertThat(claims.get(1)).isInstanceOf(Claim.Held.class);
		assertThat(claims.get(2)).isInstanceOf(Claim.Done.class);
		assertThat(claims.get(3)).isSameAs(claims.get(1));
		assertThat(statements()).filteredOn((line) -> line.contains("SET position")).hasSize(1);
		assertThat(new Consumer().own(OFFSETS).position()).isEqualTo(4);
	}

	@Test
	void aBatchOverSeveralStreamsMovesAllOfThemOrNone() {
		List<EffectCall> calls = new ArrayList<>();
		List<Stream> streams = new ArrayList<>();
		for (String name : List.of("a", "b", "c")) {
			Position place = Position.Sequence.of("shop", name, "1", 1);
			calls.add(call(place));
			streams.add(new Stream("flow", place.stream()));
		}
		for (Stream taken : streams) {
			streams.forEach(this.consumer::own);
			assertThatExceptionOfType(EffectFencedException.class)
				.isThrownBy(() -> this.consumer.transactions.executeWithoutResult((status) -> {
					Claim claim = this.consumer.inbox.claimAll(calls).get(0);
					inAnotherThread(() -> new Consumer().own(taken));
					assertThat(((Claim.Held) claim).holds()).isTrue();
				}));
			assertThat(streams).allMatch((stream) -> new Consumer().own(stream).position() == 0);
		}
		streams.forEach(this.consumer::own);
		this.consumer.transactions.executeWithoutResult((status) -> {
			Claim claim = this.consumer.inbox.claimAll(calls).get(0);
			assertThat(((Claim.Held) claim).holds()).isTrue();
		});
		assertThat(streams).allMatch((stream) -> new Consumer().own(stream).position() == 1);
	}

	@Test
	void aBatchOfBothKindsHoldsTogether() {
		this.consumer.own(OFFSETS);
		assertThatExceptionOfType(EffectFencedException.class)
			.isThrownBy(() -> this.consumer.transactions.executeWithoutResult((status) -> {
				List<Claim> found = this.consumer.inbox.claimAll(List.of(call("by key", null), call(offset(0, 2))));
				inAnotherThread(() -> new Consumer().own(OFFSETS));
				assertThat(((Claim.Held) found.get(0)).holds()).isTrue();
			}));
		assertThat(this.database.count("idempotency_inbox")).isZero();
	}

	static <T> T inAnotherThread(Callable<T> work) {
		return CompletableFuture.supplyAsync(() -> {
			try {
				return work.call();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}).join();
	}

}
