// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import dev.idempotency.effect.EffectEvent;
import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.TestDatabase;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class PostgresEffectsIT extends AbstractEffectsOnSql {

	@Override
	TestDatabase open() {
		return SharedPostgres.open();
	}

	@Test
	void constraintThatFailsAtTheCommitLeavesNothingAndTheNextCallRuns() {
		JdbcTemplate jdbc = bean(JdbcTemplate.class);
		jdbc.execute("create table deferred_entry (entry text references unique_entry deferrable initially deferred)");
		assertThatExceptionOfType(DataIntegrityViolationException.class).isThrownBy(() -> book("42", (id) -> {
			bean(Ledger.class).add(id);
			jdbc.update("insert into deferred_entry values ('missing')");
		}));
		assertThat(entries()).isEmpty();
		assertThat(bean(Events.class).of(EffectEvent.Completed.class)).isEmpty();
		book("42", (id) -> bean(Ledger.class).add(id));
		assertThat(entries()).containsExactly("42");
	}

}
