// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.idempotency.delivery.StoreWatch;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectEvent.Loss;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What every trail keeps to.
 */
abstract class AbstractTrailContract extends AbstractStoreContract {

	final List<EffectEvent> events = new CopyOnWriteArrayList<>();

	@BeforeEach
	void forget() {
		this.events.clear();
	}

	@Test
	void whatCameToItsEndLeavesNothing() {
		JdbcTrail trail = trail("one", LONG);
		trail.end(trail.begin("telemetry", 3));
		assertThat(rows()).isZero();
	}

	@Test
	void whatTheDeadLeaveBehindIsCountedOncePerFlow() {
		JdbcTrail dead = trail("dead", LONG);
		dead.begin("telemetry", 3);
		dead.begin("telemetry", 2);
		dead.begin("other", 1);
		dead.end(dead.begin("telemetry", 7));
		JdbcTrail heir = trail("heir", OVER);
		heir.look();
		heir.look();
		assertThat(this.events).containsExactlyInAnyOrder(new EffectEvent.Lost("telemetry", Loss.UNFINISHED, 5),
				new EffectEvent.Lost("other", Loss.UNFINISHED, 1));
	}

	@Test
	void whoShowsSignsOfLifeIsLeftAlone() {
		trail("alive", LONG).begin("telemetry", 1);
		trail("other", LONG).look();
		assertThat(this.events).isEmpty();
		assertThat(rows()).isOne();
	}

	@Test
	void whoWasTakenForDeadGoesOnWithATrail() {
		JdbcTrail sleeper = trail("sleeper", LONG);
		long begun = sleeper.begin("telemetry", 1);
		trail("heir", OVER).look();
		sleeper.end(begun);
		sleeper.look();
		sleeper.begin("telemetry", 1);
		trail("heir", OVER).look();
		assertThat(this.events).hasSize(2);
	}

	final JdbcTrail trail(String owner, Duration silence) {
		return new JdbcTrail(this.database.dataSource(), this.database.dialect(), owner, silence, StoreWatch.none(),
				this.events::add);
	}

	private int rows() {
		Integer rows = this.database.jdbc()
			.queryForObject("SELECT count(*) FROM idempotency_begun WHERE number > 0", Integer.class);
		return (rows != null) ? rows : -1;
	}

}
