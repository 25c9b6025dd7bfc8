// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.web;

import java.net.http.HttpResponse;
import java.util.UUID;

import dev.idempotency.testing.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests to two applications on one database, over real connections.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AbstractHttpFixture {

	static final int THREADS = 64;

	TestDatabase database;

	HttpApplication one;

	HttpApplication other;

	final String id = UUID.randomUUID().toString();

	abstract TestDatabase open();

	@BeforeAll
	void start() {
		this.database = open();
		this.one = new HttpApplication(this.database);
		this.other = new HttpApplication(this.database);
	}

	@AfterAll
	void stop() {
		this.other.close();
		this.one.close();
		this.database.close();
	}

	static String fresh() {
		return UUID.randomUUID().toString();
	}

	static String order(String id) {
		return "{\"id\":\"" + id + "\",\"amount\":1.0}";
	}

	int count(String id) {
		return this.one.bean(HttpOrders.class).count(id);
	}

	static boolean replayed(HttpResponse<String> response) {
		return response.headers().firstValue("Idempotent-Replayed").isPresent();
	}

	static void assertProblem(HttpResponse<String> response, int status, String type) {
		assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
		assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		JsonNode problem = JsonMapper.shared().readTree(response.body());
		assertThat(problem.get("type").asString()).isEqualTo("urn:idempotency:problem:" + type);
		assertThat(problem.get("status").asInt()).isEqualTo(status);
		assertThat(problem.get("title").asString()).isNotBlank();
		assertThat(problem.get("detail").asString()).isNotBlank();
	}

	/**
	 * As a client does that was told to come again.
	 */
	static HttpResponse<String> untilDecided(HttpApplication node, String id) {
		HttpResponse<String> response = node.post("/orders", id, order(id));
		for (int i = 0; response.statusCode() == 409 && i < 20; i++) {
			assertProblem(response, 409, "in-progress");
			response = node.post("/orders", id, order(id));
		}
		return response;
	}

}
