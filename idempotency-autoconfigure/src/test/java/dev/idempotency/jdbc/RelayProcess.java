// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import com.zaxxer.hikari.HikariDataSource;
import dev.idempotency.kafka.KafkaTransport;
import dev.idempotency.relay.Partitioning;
import dev.idempotency.relay.Relay;
import dev.idempotency.relay.RelaySettings;
import dev.idempotency.relay.Transport;

/**
 * A node that does nothing but relay to Kafka, as it is configured when nobody does.
 */
public final class RelayProcess {

	private RelayProcess() {
	}

	public static void main(String[] arguments) throws InterruptedException {
		HikariDataSource dataSource = new HikariDataSource();
		dataSource.setJdbcUrl(arguments[0]);
		dataSource.setUsername(arguments[1]);
		dataSource.setPassword(arguments[2]);
		String node = arguments[4];
		List<Transport> transports = List.of(new KafkaTransport(Map.of("bootstrap.servers", arguments[3])));
		Relay.Ports ports = new Relay.Ports(new JdbcLaneStore(dataSource, Dialect.POSTGRESQL),
				new JdbcRelayStore(dataSource, Dialect.POSTGRESQL, node),
				new PostgresOutboxLog(dataSource, node, Duration.ofHours(1), Partitioning.of(transports)), transports);
		new Relay(ports, (event) -> {
		}, RelaySettings.defaults(), new Relay.Node(node, Thread::new, Clock.systemUTC())).start();
		new CountDownLatch(1).await();
	}

}
