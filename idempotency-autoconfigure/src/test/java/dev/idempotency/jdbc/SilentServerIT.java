// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.net.URI;
import java.time.Duration;
import java.util.stream.IntStream;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.TcpProxy;
import dev.idempotency.testing.TestDatabase;
import org.junit.jupiter.api.Test;

import static org.awaitility.Awaitility.await;

/**
 * A firewall or a failover takes the database away in the middle of a statement, and
 * nobody says so.
 */
class SilentServerIT extends AbstractLogFixture {

	private static final String DESTINATION = "scripted:orders";

	private static final Duration BOUND = Duration.ofSeconds(1);

	private final ScriptedBroker broker = new ScriptedBroker();

	private TestDatabase server;

	@Override
	TestDatabase open() {
		this.server = SharedPostgres.open();
		return this.server;
	}

	@Test
	void theRelayGoesOnOverAnotherConnection() {
		URI address = URI.create(this.server.jdbcUrl().substring("jdbc:".length()));
		try (TcpProxy network = TcpProxy.to(address.getHost(), address.getPort());
				HikariDataSource pool = through(network, address.getPath());
				RelayNode node = new RelayNode("one", this.database, log(new OwnTransactions(pool, BOUND), "one"),
						this.broker)) {
			insert(messages(0, 10));
			await().until(() -> this.broker.distinctArrivals().size() == 10);
			network.muteReplies();
			insert(messages(10, 20));
			node.wake(DESTINATION, messages(10, 11)[0].lane());
			await().until(() -> pool.getHikariPoolMXBean().getActiveConnections() > 0);
			network.forgetConnections();
			network.unmute();
			await().atMost(Duration.ofSeconds(20)).until(() -> this.broker.distinctArrivals().size() == 20);
		}
	}

	private HikariDataSource through(TcpProxy network, String path) {
		HikariConfig config = new HikariConfig();
		config.setJdbcUrl("jdbc:postgresql://" + network.host() + ":" + network.port() + path);
		config.setUsername(this.server.username());
		config.setPassword(this.server.password());
		config.setConnectionTimeout(2000);
		config.setMaximumPoolSize(5);
		return new HikariDataSource(config);
	}

	private static OutboxRecord[] messages(int first, int end) {
		return IntStream.range(first, end)
			.mapToObj((number) -> message(DESTINATION, "k" + number % 3, "m" + number))
			.toArray(OutboxRecord[]::new);
	}

}
