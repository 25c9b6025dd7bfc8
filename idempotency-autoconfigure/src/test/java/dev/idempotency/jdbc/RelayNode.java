// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import dev.idempotency.flow.Backoff;
import dev.idempotency.relay.LaneStore;
import dev.idempotency.relay.OutboxLog;
import dev.idempotency.relay.Relay;
import dev.idempotency.relay.RelayEvent;
import dev.idempotency.relay.RelaySettings;
import org.jspecify.annotations.Nullable;

/**
 * A relay on the stores of a database.
 */
final class RelayNode implements AutoCloseable {

	private static final RelaySettings DEFAULTS = RelaySettings.defaults();

	private static final RelaySettings SETTINGS = new RelaySettings(Duration.ofMillis(900),
			new RelaySettings.Batching(20, 20, Duration.ofMinutes(2), 8),
			new RelaySettings.Polling(Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofMillis(300)),
			new RelaySettings.Retrying(new Backoff(Duration.ofMillis(10), Duration.ofMillis(50)), 5, 1),
			DEFAULTS.poison(), Duration.ofSeconds(5));

	private final Relay relay;

	private final AtomicInteger fenced = new AtomicInteger();

	private volatile boolean blind;

	RelayNode(String name, MigratedDatabase database, @Nullable OutboxLog log, ScriptedBroker broker) {
		this.relay = new Relay(
				new Relay.Ports(sight(new JdbcLaneStore(database.dataSource(), database.dialect())),
						new JdbcRelayStore(database.dataSource(), database.dialect(), name), log,
						List.of(broker.transport(name))),
				this::on, SETTINGS, new Relay.Node(name, Thread::new, Clock.systemUTC()));
		this.relay.start();
	}

	private void on(RelayEvent event) {
		if (event instanceof RelayEvent.Fenced) {
			this.fenced.incrementAndGet();
		}
	}

	private LaneStore sight(LaneStore lanes) {
		return (LaneStore) Proxy.newProxyInstance(LaneStore.class.getClassLoader(), new Class<?>[] { LaneStore.class },
				(proxy, method, arguments) -> {
					if (this.blind) {
						throw new IllegalStateException("this node cannot reach the table of lanes");
					}
					try {
						return method.invoke(lanes, arguments);
					}
					catch (InvocationTargetException ex) {
						throw ex.getTargetException();
					}
				});
	}

	void losesSightOfTheLanes() {
		this.blind = true;
	}

	void seesTheLanesAgain() {
		this.blind = false;
	}

	int lanes() {
		return this.relay.lanes();
	}

	int fenced() {
		return this.fenced.get();
	}

	void wake(String destination, int lane) {
		this.relay.wake(destination, lane);
	}

	@Override
	public void close() {
		this.blind = false;
		this.relay.stop();
	}

}
