// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.web;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.UUID;

import dev.idempotency.delivery.StoreWatch;
import dev.idempotency.testing.PrivatePostgres;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Handlers while the database is away.
 */
@ExtendWith(OutputCaptureExtension.class)
class HttpStoreOutageIT {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

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

	@ParameterizedTest
	@ValueSource(strings = { "/orders", "/outside" })
	void theFirstRequestFindsOutAndTheOthersDoNotTry(String path, CapturedOutput output) {
		assertThat(this.application.post(path, "before", AbstractHttpFixture.order("before")).statusCode())
			.isLessThan(300);
		this.database.stopImmediately();
		assertUnavailable(path);
		int tried = tried(output);
		for (String other : new String[] { path, "/orders", "/keyed", "/outside" }) {
			assertUnavailable(other);
		}
		assertThat(tried(output)).isEqualTo(tried).isPositive();
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

	/**
	 * How many requests failed for want of the database, rather than being refused.
	 */
	private static int tried(CapturedOutput output) {
		return output.getOut().split("A request cannot be handled now", -1).length - 1;
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
