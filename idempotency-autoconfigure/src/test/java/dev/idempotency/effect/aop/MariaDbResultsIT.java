// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import dev.idempotency.testing.SharedMariaDb;
import dev.idempotency.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

class MariaDbResultsIT extends AbstractResultsOnSql {

	@Override
	TestDatabase open() {
		return SharedMariaDb.open();
	}

	@Test
	void resultYoungerThanTheSnapshotOfTheTransactionIsFound() throws Exception {
		TransactionTemplate repeatable = transaction();
		repeatable.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
		ExecutorService other = Executors.newSingleThreadExecutor();
		try {
			repeatable.executeWithoutResult((status) -> {
				assertThat(entries()).isEmpty();
				Future<Receipt> first = other.submit(() -> this.orders.charge("42", BigDecimal.TEN));
				assertThat(first).succeedsWithin(Duration.ofSeconds(20))
					.satisfies((receipt) -> assertThat(this.orders.charge("42", BigDecimal.TEN)).isEqualTo(receipt));
			});
		}
		finally {
			other.shutdownNow();
		}
	}

}
