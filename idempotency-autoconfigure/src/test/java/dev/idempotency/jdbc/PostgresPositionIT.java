// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import dev.idempotency.effect.UnprotectedEffectException;
import dev.idempotency.inbox.Claim;
import dev.idempotency.testing.JdbcEvent;
import dev.idempotency.testing.JdbcFault;
import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.TestDatabase;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

class PostgresPositionIT {

	@Nested
	class Positions extends AbstractPositionContract {

		@Override
		TestDatabase open() {
			return SharedPostgres.open();
		}

	}

	@Nested
	class Sequences extends AbstractSequenceContract {

		@Override
		TestDatabase open() {
			return SharedPostgres.open();
		}

	}

	/**
	 * The position goes along with the commit.
	 */
	@Nested
	class Riding extends AbstractPositionContract {

		@Override
		TestDatabase open() {
			return SharedPostgres.open();
		}

		@Override
		boolean rides() {
			return true;
		}

		@Test
		void theChangeOfThePositionIsTheCommit() {
			this.consumer.own(OFFSETS);
			this.consumer.apply(offset(0, 7));
			this.faulty.reset();
			this.consumer.apply(offset(0, 8));
			assertThat(statements()).hasSize(2).last(STRING).contains("SET position").endsWith("COMMIT");
		}

		@Test
		void aConnectionLostAfterTheCommitIsLookedUp() {
			this.consumer.own(OFFSETS);
			this.faulty.after(JdbcEvent.statement("commit$"), JdbcFault.connectionLost().times(1));
			assertThat(catchThrowable(() -> this.consumer.apply(offset(0, 7)))).isNotNull();
			this.consumer.own(OFFSETS);
			assertThat(this.consumer.apply(offset(0, 7))).isInstanceOf(Claim.Done.class);
			assertThat(applied()).containsExactly(7);
		}

		@Test
		void aConstraintCheckedAtTheCommitRollsBack() {
			this.database.jdbc()
				.execute("ALTER TABLE business ADD CONSTRAINT late UNIQUE (amount) DEFERRABLE INITIALLY DEFERRED");
			try {
				this.consumer.own(OFFSETS);
				this.consumer.apply(offset(0, 7));
				assertThatExceptionOfType(DataIntegrityViolationException.class)
					.isThrownBy(() -> this.consumer.apply(offset(0, 8)));
				assertThat(applied()).containsExactly(7);
				assertThat(new Consumer().own(OFFSETS).position()).isEqualTo(8);
			}
			finally {
				this.database.jdbc().execute("ALTER TABLE business DROP CONSTRAINT late");
			}
		}

		@Test
		void aSwallowedFailureRollsBack() {
			this.consumer.own(OFFSETS);
			assertThatExceptionOfType(UnprotectedEffectException.class)
				.isThrownBy(() -> this.consumer.apply(call(offset(0, 7)), () -> {
					insert(offset(0, 7));
					assertThatExceptionOfType(DuplicateKeyException.class).isThrownBy(() -> insert(offset(0, 7)));
					return true;
				}));
			assertThat(applied()).isEmpty();
			this.consumer.own(OFFSETS);
			assertThat(this.consumer.apply(offset(0, 7))).isInstanceOf(Claim.Held.class);
		}

	}

	@Test
	void aSwallowedFailureIsNoticedAlsoWithoutTheRide() {
		Positions plain = new Positions();
		plain.migrate();
		try {
			plain.empty();
			plain.consumer.own(AbstractPositionFixture.OFFSETS);
			plain.consumer.transactions.executeWithoutResult((status) -> {
				Claim.Held held = (Claim.Held) plain.consumer.inbox
					.claim(AbstractPositionFixture.call(AbstractPositionFixture.offset(0, 7)));
				plain.insert(AbstractPositionFixture.offset(0, 7));
				assertThatExceptionOfType(DuplicateKeyException.class)
					.isThrownBy(() -> plain.insert(AbstractPositionFixture.offset(0, 7)));
				assertThat(held.holds()).isFalse();
				status.setRollbackOnly();
			});
		}
		finally {
			plain.close();
		}
	}

}
