// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.concurrent.CompletableFuture;

import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.TestDatabase;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class PostgresTrailIT extends AbstractTrailContract {

	@Override
	TestDatabase open() {
		return SharedPostgres.open();
	}

	@Test
	void whoComesToOneThatIsBeingBuriedCountsNothing() {
		trail("dead", LONG).begin("telemetry", 1);
		CompletableFuture<?> late = this.database.inTransaction(() -> {
			this.database.jdbc().update("DELETE FROM idempotency_begun WHERE owner = 'dead'");
			CompletableFuture<?> looking = CompletableFuture.runAsync(trail("late", OVER)::look);
			await().until(() -> this.database.jdbc()
				.queryForObject("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
						+ "AND wait_event_type = 'Lock'", Integer.class) == 1);
			return looking;
		});
		late.join();
		assertThat(this.events).isEmpty();
	}

}
