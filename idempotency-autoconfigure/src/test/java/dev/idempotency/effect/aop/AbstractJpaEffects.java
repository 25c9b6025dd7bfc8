// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectTemplate;
import dev.idempotency.effect.ResultException;
import dev.idempotency.effect.ResultType;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.Hibernate;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.EntityManagerFactoryUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

abstract class AbstractJpaEffects extends AbstractEffectsOnSql {

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

	/**
	 * What Hibernate adds to the entity would be missing from a second answer.
	 */
	@Test
	void anEntityThatHasNotLoadedAllOfItselfIsRefusedAsAResultBeforeTheCommit() {
		book("1", (id) -> {
			Shipment shipment = new Shipment(id, "here");
			entities().persist(shipment);
			entities().persist(new Parcel(id, shipment));
		});
		EffectTemplate template = bean(EffectTemplate.class);
		assertThatExceptionOfType(ResultException.class)
			.isThrownBy(() -> template.call("parcel", "1", null, ResultType.of(Parcel.class), () -> find("1")))
			.withMessageContaining("rolled back");
		assertThat(entries()).isEmpty();
		for (int call = 0; call < 2; call++) {
			assertThat(template.call("parcel", "1", null, ResultType.of(String.class),
					() -> find("1").getShipment().getAddress()))
				.isEqualTo("here");
		}
		assertThat(entries()).containsExactly("found");
	}

	private Parcel find(String id) {
		bean(Ledger.class).add("found");
		Parcel parcel = entities().find(Parcel.class, id);
		assertThat(Hibernate.isInitialized(parcel.getShipment())).isFalse();
		return parcel;
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
