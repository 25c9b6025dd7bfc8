// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class TcpProxyIT {

	@AutoClose
	private static final SharedPostgres postgres = SharedPostgres.open();

	@AutoClose
	private final TcpProxy proxy = proxyTo(URI.create(postgres.jdbcUrl().substring("jdbc:".length())));

	private final JdbcTemplate direct = new JdbcTemplate(postgres.dataSource());

	@BeforeEach
	void emptyTable() {
		this.direct.execute("create table if not exists orders (id int)");
		this.direct.execute("truncate orders");
	}

	@Test
	void lostRequestCommitsNothingAndLostReplyHidesACommit() throws Exception {
		CompletableFuture<Void> cut = this.proxy.cutBefore("COMMIT");
		assertThat(commitAnOrder().getSQLState()).isEqualTo("08006");
		cut.get(10, TimeUnit.SECONDS);
		assertThat(orders()).isZero();

		cut = this.proxy.cutAfter("COMMIT");
		assertThat(commitAnOrder().getSQLState()).isEqualTo("08006");
		cut.get(10, TimeUnit.SECONDS);
		assertThat(orders()).isEqualTo(1);
	}

	@Test
	void cutConnectionsEndAndNewOnesWork() throws SQLException {
		try (Connection connection = connect("")) {
			assertThat(this.proxy.connections()).isEqualTo(1);
			this.proxy.cutAll();
			assertThat(connection.isValid(5)).isFalse();
		}
		try (Connection connection = connect("")) {
			assertThat(connection.isValid(5)).isTrue();
		}
		Awaitility.await().until(() -> this.proxy.connections() == 0);
	}

	@Test
	void refusedConnectionsComeBackOnTheSamePort() throws SQLException {
		this.proxy.refuseConnections();
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> connect(""))
			.satisfies((ex) -> assertThat(ex.getSQLState()).isEqualTo("08001"));
		this.proxy.acceptConnections();
		connect("").close();
	}

	@Test
	void mutedServerHearsButIsNotHeard() throws SQLException {
		try (Connection connection = connect("?socketTimeout=1")) {
			this.proxy.muteReplies();
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> connection.createStatement().execute("insert into orders values (1)"));
		}
		assertThat(orders()).isEqualTo(1);
		this.proxy.unmute();
		connect("").close();
	}

	private SQLException commitAnOrder() throws SQLException {
		try (Connection connection = connect("?prepareThreshold=0")) {
			connection.setAutoCommit(false);
			connection.createStatement().executeUpdate("insert into orders values (1)");
			return assertThatExceptionOfType(SQLException.class).isThrownBy(connection::commit).actual();
		}
	}

	private Connection connect(String parameters) throws SQLException {
		String url = postgres.jdbcUrl().replaceFirst("//[^/]+/", "//127.0.0.1:" + this.proxy.port() + "/");
		return new DriverManagerDataSource(url + parameters, postgres.username(), postgres.password()).getConnection();
	}

	private int orders() {
		Integer count = this.direct.queryForObject("select count(*) from orders", Integer.class);
		return (count != null) ? count : 0;
	}

	private static TcpProxy proxyTo(URI server) {
		return TcpProxy.to(server.getHost(), server.getPort());
	}

}
