// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.actuate;

import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

import javax.sql.DataSource;

import dev.idempotency.delivery.StoreWatch;
import dev.idempotency.inbox.DoubtStore.Depth;
import dev.idempotency.relay.RelayStatus;
import dev.idempotency.relay.RelayStatus.Breaker;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * Tells degraded from down. Down: the database of the inbox does not answer, so no effect
 * can be protected and none is run. Degraded: effects go on, but messages of some
 * destination wait longer than they should, or listeners wait for the database and go on
 * by themselves. Messages set aside or in doubt never make an application unhealthy:
 * restarting it would not help them.
 */
public final class IdempotencyHealthIndicator extends AbstractHealthIndicator {

	/** Effects go on, deliveries to some destination do not. */
	public static final Status DEGRADED = new Status("DEGRADED", "Messages of some destination wait");

	private static final int VALIDATION_SECONDS = 2;

	private final DataSource dataSource;

	private final Supplier<RelayStatus> relay;

	private final Duration oldestAllowed;

	private final StoreWatch store;

	private final Supplier<Map<String, Depth>> inDoubt;

	/**
	 * Creates the indicator.
	 * @param dataSource database of the inbox
	 * @param relay state of the relay
	 * @param oldestAllowed age of a waiting message above which the relay counts as
	 * degraded
	 * @param store knows who waits for the database
	 * @param inDoubt what was last counted to be in doubt, by flow
	 */
	public IdempotencyHealthIndicator(DataSource dataSource, Supplier<RelayStatus> relay, Duration oldestAllowed,
			StoreWatch store, Supplier<Map<String, Depth>> inDoubt) {
		super("The database of the inbox does not answer");
		this.store = store;
		this.inDoubt = inDoubt;
		this.dataSource = dataSource;
		this.relay = relay;
		this.oldestAllowed = oldestAllowed;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) throws Exception {
		Map<String, Depth> doubts = this.inDoubt.get();
		if (!doubts.isEmpty()) {
			builder.withDetail("inDoubt", new TreeMap<>(doubts));
		}
		StoreWatch.Outage outage = this.store.outage();
		if (outage != null && !(outage.flows().isEmpty() && outage.unprotected().isEmpty())) {
			builder.status(DEGRADED)
				.withDetail("inbox", "the database does not answer since " + outage.since())
				.withDetail("waiting", outage.flows())
				.withDetail("unprotected", outage.unprotected());
			return;
		}
		try (Connection connection = this.dataSource.getConnection()) {
			if (!connection.isValid(VALIDATION_SECONDS)) {
				builder.down().withDetail("inbox", "the connection is not valid");
				return;
			}
		}
		RelayStatus status = this.relay.get();
		List<String> late = status.destinations()
			.stream()
			.filter(this::late)
			.map(IdempotencyHealthIndicator::say)
			.toList();
		builder.status(late.isEmpty() ? Status.UP : DEGRADED).withDetail("lanes", status.lanes());
		if (!late.isEmpty()) {
			builder.withDetail("late", late);
		}
	}

	private boolean late(RelayStatus.Destination destination) {
		return destination.breaker() != Breaker.CLOSED || destination.haltedKeys() > 0
				|| (destination.backlog() != null && destination.backlog().oldest().compareTo(this.oldestAllowed) > 0);
	}

	private static String say(RelayStatus.Destination destination) {
		String error = (destination.lastError() != null) ? ", " + destination.lastError() : "";
		return destination.name() + ": breaker " + destination.breaker() + ", " + destination.haltedKeys()
				+ " keys halted" + error;
	}

}
