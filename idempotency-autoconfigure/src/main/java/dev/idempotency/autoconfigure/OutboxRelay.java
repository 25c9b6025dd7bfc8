// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.time.Duration;
import java.util.function.Supplier;

import dev.idempotency.jdbc.Dialect;
import dev.idempotency.jdbc.PostgresNotifications;
import dev.idempotency.outbox.Lanes;
import dev.idempotency.relay.Relay;
import dev.idempotency.relay.RelayStatus;
import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;

/**
 * Runs the relay with the application, also when that is started again, and joins the
 * ways it is woken. Stops after the listeners and the web server, so that what their last
 * transactions wrote is still sent.
 */
public final class OutboxRelay implements SmartLifecycle {

	private static final Duration NOTIFY_PAUSE = Duration.ofMillis(10);

	/** Stops behind listener containers and the graceful shutdown of web servers. */
	private static final int PHASE = Integer.MAX_VALUE - 10_000;

	private final Relay relay;

	private final boolean enabled;

	private final @Nullable Supplier<PostgresNotifications> notifying;

	private volatile @Nullable PostgresNotifications notifications;

	private volatile boolean running;

	OutboxRelay(Relay relay, InboxDatabase database, String node, OutboxProperties.Relay properties) {
		this.relay = relay;
		this.enabled = properties.enabled();
		this.notifying = (properties.notifyNodes() && database.dialect() == Dialect.POSTGRESQL)
				? () -> new PostgresNotifications(database.dataSource(), node, relay::wake, NOTIFY_PAUSE,
						RelayThreads.named("idempotency-notify-"), System::nanoTime)
				: null;
	}

	void committed(String destination, int lane) {
		this.relay.wake(destination, lane);
		PostgresNotifications others = this.notifications;
		if (others != null && this.relay.lanes() < Lanes.COUNT) {
			others.committed();
		}
	}

	/**
	 * What the relay of this node knows.
	 * @return a snapshot
	 */
	public RelayStatus status() {
		return this.relay.status();
	}

	@Override
	public void start() {
		if (this.enabled) {
			this.relay.start();
		}
		if (this.notifying != null) {
			PostgresNotifications started = this.notifying.get();
			started.start();
			this.notifications = started;
		}
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		PostgresNotifications ended = this.notifications;
		this.notifications = null;
		if (ended != null) {
			ended.close();
		}
		this.relay.stop();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
