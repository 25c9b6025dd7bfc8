// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.web;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.idempotency.delivery.CallSwitch;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.flow.Flow;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.flow.FlowMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One effect per key, and one answer.
 */
abstract class AbstractHttpEffects extends AbstractHttpFixture {

	@Test
	void repeatedRequestGetsTheStoredAnswerFromEitherNode() {
		String id = fresh();
		HttpResponse<String> first = this.one.post("/orders", id, order(id));
		assertThat(first.statusCode()).isEqualTo(201);
		assertThat(first.headers().firstValue("Set-Cookie")).isPresent();
		assertThat(replayed(first)).isFalse();
		for (HttpApplication node : List.of(this.one, this.other)) {
			HttpResponse<String> again = node.post("/orders", "\"" + id + "\"",
					"{ \"amount\": 1, \"id\": \"" + id + "\" }");
			assertThat(again.statusCode()).isEqualTo(201);
			assertThat(again.body()).isEqualTo(first.body());
			assertThat(again.headers().firstValue("Idempotent-Replayed")).hasValue("true");
			assertThat(again.headers().firstValue("Location")).hasValue("/orders/" + id);
			assertThat(again.headers().firstValue("Content-Type"))
				.isEqualTo(first.headers().firstValue("Content-Type"));
			assertThat(again.headers().map()).doesNotContainKeys("set-cookie", "authorization", "x-once");
		}
		assertThat(count(id)).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/plain", "/problem", "/wildcard" })
	void answersOfAllKindsAreToldAgain(String path) {
		String id = fresh();
		HttpResponse<String> first = this.one.post(path, id, order(id));
		HttpResponse<String> again = this.other.post(path, id, order(id));
		assertThat(again.statusCode()).isEqualTo(first.statusCode()).isLessThan(500);
		assertThat(JsonMapper.shared().readTree(again.body())).isEqualTo(JsonMapper.shared().readTree(first.body()));
		assertThat(replayed(first)).isFalse();
		assertThat(replayed(again)).isTrue();
		assertThat(count(id)).isEqualTo(1);
	}

	@Test
	void handlerThatReturnsNothingIsRepeatedToo() {
		String id = fresh();
		assertThat(this.one.post("/nothing/" + id, id, "").statusCode()).isEqualTo(204);
		HttpResponse<String> again = this.one.post("/nothing/" + id, id, "");
		assertThat(again.statusCode()).isEqualTo(204);
		assertThat(replayed(again)).isTrue();
		assertThat(count(id)).isEqualTo(1);
	}

	@Test
	void effectsOfTheOutsideWorldAreRepeatedFromTheirClaim() {
		String id = fresh();
		HttpResponse<String> first = this.one.post("/outside", id, order(id));
		HttpResponse<String> again = this.other.post("/outside", id, order(id));
		assertThat(again.statusCode()).isEqualTo(first.statusCode()).isEqualTo(200);
		assertThat(again.body()).isEqualTo(first.body());
		assertThat(replayed(again)).isTrue();
		assertThat(count(id)).isEqualTo(1);
		String other = fresh();
		assertThat(this.one.post("/outside/" + other, other, "").statusCode()).isEqualTo(204);
		assertThat(replayed(this.other.post("/outside/" + other, other, ""))).isTrue();
		assertThat(count(other)).isEqualTo(1);
	}

	@Test
	void whatIsInDoubtIsSaidToBeAndNotRepeated() {
		String id = fresh();
		this.one.bean(HttpOrders.class).hook(id, () -> {
			throw new IllegalStateException("no answer");
		});
		assertProblem(this.one.post("/outside", id, order(id)), 409, "in-doubt");
		assertProblem(this.one.post("/outside", id, order(id)), 409, "in-doubt");
		assertThat(count(id)).isEqualTo(1);
	}

	@Test
	void aRequestThatCannotBeHandledNowIsToBeRepeated() {
		String id = fresh();
		HttpOrders orders = this.one.bean(HttpOrders.class);
		orders.hook(id, () -> {
			throw new DataAccessResourceFailureException("away");
		});
		HttpResponse<String> first = this.one.post("/orders", id, order(id));
		assertProblem(first, 503, "unavailable");
		assertThat(first.headers().firstValue("Retry-After")).isPresent();
		orders.hook(id, () -> {
		});
		assertThat(this.one.post("/orders", id, order(id)).statusCode()).isEqualTo(201);
		assertThat(count(id)).isEqualTo(1);
	}

	@Test
	void aPausedFlowIsToBeAskedLater() {
		String id = fresh();
		CallSwitch flows = this.one.bean(CallSwitch.class);
		flows.change("http-orders", FlowMode.PAUSED);
		try {
			HttpResponse<String> refused = this.one.post("/orders", id, order(id));
			assertProblem(refused, 503, "unavailable");
			assertThat(refused.headers().firstValue("Retry-After")).isPresent();
		}
		finally {
			flows.change("http-orders", FlowMode.ACTIVE);
		}
		assertThat(count(id)).isZero();
		assertThat(this.one.post("/orders", id, order(id)).statusCode()).isEqualTo(201);
	}

	@Test
	void failureThatRollsBackFreesTheKey() {
		String id = fresh();
		this.one.bean(HttpOrders.class).hook(id, () -> {
			throw new IllegalArgumentException("not now");
		});
		assertThat(this.one.post("/orders", id, order(id)).body())
			.isEqualTo("the application says: IllegalArgumentException");
		this.one.bean(HttpOrders.class).hook(id, () -> {
		});
		HttpResponse<String> second = this.one.post("/orders", id, order(id));
		assertThat(second.statusCode()).isEqualTo(201);
		assertThat(replayed(second)).isFalse();
		assertThat(count(id)).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/rejecting", "/declining" })
	void rejectionIsToldAgain(String path) {
		String id = fresh();
		assertThat(this.one.post(path, id, order(id)).statusCode()).isEqualTo(402);
		HttpResponse<String> again = this.other.post(path, id, order(id));
		assertThat(again.statusCode()).isEqualTo(402);
		assertThat(again.body()).contains("\"detail\":\"declined\"");
		assertThat(replayed(again)).isTrue();
		assertThat(count(id)).isEqualTo(1);
	}

	@Test
	void rejectionThatSaysNothingOfItsStatusIsAConflictWhenRepeated() {
		String id = fresh();
		this.one.post("/refusing", id, order(id));
		HttpResponse<String> untold = this.one.post("/refusing", id, order(id));
		assertProblem(untold, 409, "rejected");
		assertThat(replayed(untold)).isTrue();
		assertThat(count(id)).isEqualTo(1);
	}

	@Test
	void answerThatCannotBeReadIsAnErrorAndTheHandlerIsNotRunAgain() {
		String id = fresh();
		this.one.post("/plain", id, order(id));
		JdbcTemplate jdbc = this.one.bean(JdbcTemplate.class);
		jdbc.update("update idempotency_result set codec = 'unknown'");
		assertProblem(this.one.post("/plain", id, order(id)), 500, "result-unavailable");
		jdbc.update("delete from idempotency_result");
		assertProblem(this.other.post("/plain", id, order(id)), 500, "result-unavailable");
		assertThat(count(id)).isEqualTo(1);
	}

	@Test
	void manyRequestsWithOneKeyHaveOneEffectAndOneAnswer() throws Exception {
		String id = fresh();
		ExecutorService threads = Executors.newFixedThreadPool(2 * THREADS);
		try {
			List<Future<HttpResponse<String>>> calls = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				calls.add(threads.submit(() -> untilDecided(this.one, id)));
				calls.add(threads.submit(() -> untilDecided(this.other, id)));
			}
			List<HttpResponse<String>> responses = new ArrayList<>();
			for (Future<HttpResponse<String>> call : calls) {
				responses.add(call.get(120, TimeUnit.SECONDS));
			}
			assertThat(responses).extracting(HttpResponse::statusCode).containsOnly(201);
			assertThat(responses).extracting(HttpResponse::body).containsOnly(responses.get(0).body());
			assertThat(responses.stream().filter((response) -> !replayed(response))).hasSize(1);
			assertThat(count(id)).isEqualTo(1);
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void handlersAreInTheCatalogueOnceAndDecisionsAreCounted() {
		List<Flow> flows = this.one.bean(FlowCatalogue.class)
			.flows()
			.stream()
			.filter((flow) -> flow.name().equals("http-orders"))
			.toList();
		assertThat(flows).singleElement().satisfies((flow) -> {
			assertThat(flow.kind()).isEqualTo(Flow.Kind.HTTP);
			assertThat(flow.remarks()).contains("ingress: POST /orders");
		});
		String key = fresh();
		this.one.post("/orders", key, order(this.id));
		this.one.post("/orders", key, order(this.id));
		this.one.post("/orders", key, order(fresh()));
		assertThat(this.one.bean(HttpOrders.Events.class).all.stream().filter((event) -> names(event, key)))
			.extracting((event) -> event.getClass().getSimpleName())
			.containsExactly("Claimed", "Completed", "Duplicate", "Collision");
	}

	private static boolean names(EffectEvent event, String key) {
		return event.toString().contains(key);
	}

}
