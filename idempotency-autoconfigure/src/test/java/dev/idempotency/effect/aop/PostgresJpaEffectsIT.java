// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import dev.idempotency.effect.EffectEvent;
import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.TestDatabase;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.EntityManagerFactoryUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class PostgresJpaEffectsIT extends AbstractEffectsOnSql {

	@Override
	TestDatabase open() {
		return SharedPostgres.open();
	}

	@Override
	Class<?> store() {
		return JpaStore.class;
	}

	@Test
	void whatIsFlushedWithTheCommitIsWrittenOnce() {
		book("42", (id) -> entities().persist(new Shipment(id, "here")));
		book("42", (id) -> entities().persist(new Shipment(id, "here")));
		assertThat(addresses()).isEqualTo("here");
		assertThat(bean(Events.class).of(EffectEvent.Duplicate.class)).hasSize(1);
	}

	@Test
	void aFlushThatFailsAtTheCommitLeavesNothingAndTheNextCallRuns() {
		assertThatExceptionOfType(DataIntegrityViolationException.class).isThrownBy(() -> book("42", (id) -> {
			bean(Ledger.class).add(id);
			entities().persist(new Shipment(id, "an address too long"));
		}));
		assertThat(entries()).isEmpty();
		assertThat(bean(Events.class).of(EffectEvent.Completed.class)).isEmpty();
		book("42", (id) -> {
			bean(Ledger.class).add(id);
			entities().persist(new Shipment(id, "here"));
		});
		assertThat(entries()).containsExactly("42");
	}

	@Test
	void changesOfAnEntityAreUndoneWithTheClaim() {
		book("1", (id) -> entities().persist(new Shipment(id, "here")));
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> book("2", (id) -> {
			entities().find(Shipment.class, "1").redirect("there");
			entities().flush();
			throw new IllegalStateException("declined");
		}));
		assertThat(addresses()).isEqualTo("here");
		book("2", (id) -> entities().find(Shipment.class, "1").redirect("there"));
		assertThat(addresses()).isEqualTo("there");
	}

	private EntityManager entities() {
		EntityManager bound = EntityManagerFactoryUtils.getTransactionalEntityManager(bean(EntityManagerFactory.class));
		assertThat(bound).as("an entity manager in the effect's transaction").isNotNull();
		return bound;
	}

	private String addresses() {
		return bean(JdbcTemplate.class).queryForObject("select address from shipment", String.class);
	}

}
