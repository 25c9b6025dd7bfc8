// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.List;

import dev.idempotency.inbox.Claim;
import dev.idempotency.testing.SharedMariaDb;
import dev.idempotency.testing.TestDatabase;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MariaDbPositionIT {

	@Nested
	class Positions extends AbstractPositionContract {

		@Override
		TestDatabase open() {
			return SharedMariaDb.open();
		}

		/**
		 * A statement that commits by itself ends the transaction as a deadlock does:
		 * what follows would be committed without what came before.
		 */
		@Test
		void aTransactionThatEndedInBetweenIsNoticed() {
			this.consumer.own(OFFSETS);
			for (String end : List.of("ROLLBACK", "COMMIT")) {
				this.consumer.transactions.executeWithoutResult((status) -> {
					Claim.Held held = (Claim.Held) this.consumer.inbox.claim(call(offset(0, 7)));
					this.database.jdbc().execute(end);
					insert(offset(0, 7));
					assertThat(held.holds()).isFalse();
					status.setRollbackOnly();
				});
			}
			assertThat(applied()).isEmpty();
		}

	}

	@Nested
	class Sequences extends AbstractSequenceContract {

		@Override
		TestDatabase open() {
			return SharedMariaDb.open();
		}

	}

}
