// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.web;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.UUID;

import com.zaxxer.hikari.HikariDataSource;
import dev.idempotency.delivery.StoreWatch;
import dev.idempotency.testing.PrivatePostgres;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Handlers while the database is away.
 */
class HttpStoreOutageIT {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private static final long LONG_WAIT = Duration.ofMinutes(5).toMillis();

	private final PrivatePostgres database = PrivatePostgres.started();

	private final HttpApplication application = new HttpApplication(this.database,
			"spring.datasource.hikari.connection-timeout=1000",
			"idempotency.flows.http-told.on-store-outage=pass-through");

	private final String id = UUID.randomUUID().toString();

	@AfterEach
	void close() {
		this.application.close();
		this.database.close();
	}

	/**
	 * Whoever asked the pool would wait longer than the test.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "/orders", "/outside" })
	void theFirstRequestFindsOutAndTheOthersDoNotWait(String path) {
		assertThat(this.application.post(path, "before", AbstractHttpFixture.order("before")).statusCode())
			.isLessThan(300);
		this.database.stopImmediately();
		assertUnavailable(path);
		this.application.bean(HikariDataSource.class).getHikariConfigMXBean().setConnectionTimeout(LONG_WAIT);
		this.application.bean(HikariDataSource.class).getHikariPoolMXBean().softEvictConnections();
		for (String other : new String[] { path, "/orders", "/keyed", "/outside" }) {
			assertUnavailable(other);
		}
		this.database.start();
		Awaitility.await().atMost(TIMEOUT).until(() -> !this.application.bean(StoreWatch.class).isAway());
		HttpResponse<String> after = this.application.post(path, this.id, AbstractHttpFixture.order(this.id));
		assertThat(after.statusCode()).isLessThan(300);
		assertThat(this.application.bean(HttpOrders.class).count(this.id)).isOne();
	}

	@Test
	void aHandlerThatMayGoOnDoes() {
		this.database.stopImmediately();
		assertUnavailable("/told/" + this.id);
		Awaitility.await()
			.atMost(TIMEOUT)
			.until(() -> this.application.post("/told/" + this.id, this.id, "").statusCode() == 204);
		assertThat(this.application.bean(HttpOrders.class).told()).containsExactly(this.id);
		assertThat(this.application.bean(StoreWatch.class).isAway()).isTrue();
	}

	private void assertUnavailable(String path) {
		HttpResponse<String> refused = this.application.send(this.application.request(path)
			.timeout(TIMEOUT)
			.headers("Content-Type", "application/json", "Idempotency-Key", this.id)
			.POST(HttpRequest.BodyPublishers.ofString(AbstractHttpFixture.order(this.id))));
		AbstractHttpFixture.assertProblem(refused, 503, "unavailable");
		assertThat(refused.headers().firstValue("Retry-After")).isPresent();
	}

}
