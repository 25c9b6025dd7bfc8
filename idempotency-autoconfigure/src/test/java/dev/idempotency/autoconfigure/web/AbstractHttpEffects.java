// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.web;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.idempotency.effect.EffectEvent;
import dev.idempotency.flow.Flow;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.testing.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests to two applications on one database, over real connections.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AbstractHttpEffects {

	private static final int THREADS = 64;

	private TestDatabase database;

	private HttpApplication one;

	private HttpApplication other;

	private final String id = UUID.randomUUID().toString();

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

	private static String fresh() {
		return UUID.randomUUID().toString();
	}

	private static String order(String id) {
		return "{\"id\":\"" + id + "\",\"amount\":1.0}";
	}

	private int count(String id) {
		return this.one.bean(HttpOrders.class).count(id);
	}

	private static boolean replayed(HttpResponse<String> response) {
		return response.headers().firstValue("Idempotent-Replayed").isPresent();
	}

	private static void assertProblem(HttpResponse<String> response, int status, String type) {
		assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
		assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		JsonNode problem = JsonMapper.shared().readTree(response.body());
		assertThat(problem.get("type").asString()).isEqualTo("urn:idempotency:problem:" + type);
		assertThat(problem.get("status").asInt()).isEqualTo(status);
		assertThat(problem.get("title").asString()).isNotBlank();
		assertThat(problem.get("detail").asString()).isNotBlank();
	}

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
	void missingAndMalformedKeysAreRefused() {
		String id = fresh();
		assertProblem(this.one.post("/orders", null, order(id)), 400, "key-missing");
		for (String key : List.of("", "two words", "a,b", "\"open", "x".repeat(300))) {
			assertProblem(this.one.post("/orders", key, order(id)), 400, "key-malformed");
		}
		assertProblem(this.one.post("/orders", "a", order(id), "Idempotency-Key", "b"), 400, "key-malformed");
		assertThat(count(id)).isZero();
		assertThat(this.one.bean(HttpOrders.Events.class).all)
			.filteredOn((event) -> event instanceof EffectEvent.Refused refused && refused.flow().equals("http-orders"))
			.hasSizeGreaterThanOrEqualTo(7);
	}

	@Test
	void otherContentUnderTheSameKeyIsRefused() {
		String id = fresh();
		this.one.post("/orders", id, order(id));
		assertProblem(this.other.post("/orders", id, "{\"id\":\"" + id + "\",\"amount\":2}"), 422, "key-reused");
		assertProblem(this.one.post("/orders?dry=true", id, order(id)), 422, "key-reused");
		assertThat(count(id)).isEqualTo(1);
	}

	@Test
	void requestInFlightIsAConflictAndNeitherSeenNorBlockedByAnotherCaller() throws Exception {
		String id = fresh();
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		this.one.bean(HttpOrders.class).hook(id, () -> {
			inside.countDown();
			await(release);
		});
		ExecutorService threads = Executors.newSingleThreadExecutor();
		try {
			Future<HttpResponse<String>> first = threads
				.submit(() -> this.one.post("/orders", id, order(id), "X-User", "alice"));
			await(inside);
			HttpResponse<String> second = this.other.post("/orders", id, order(id), "X-User", "alice");
			assertProblem(second, 409, "in-progress");
			assertThat(second.headers().firstValue("Retry-After")).hasValue("1");
			HttpResponse<String> stranger = this.other.post("/orders", id, order(id), "X-User", "bob");
			assertThat(stranger.statusCode()).isEqualTo(201);
			release.countDown();
			assertThat(first.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(201);
			HttpResponse<String> anonymous = this.other.post("/orders", id, order(id));
			assertThat(anonymous.statusCode()).isEqualTo(201);
			assertThat(List.of(stranger, anonymous)).noneMatch(AbstractHttpEffects::replayed);
			assertThat(count(id)).isEqualTo(3);
		}
		finally {
			release.countDown();
			threads.shutdownNow();
		}
	}

	@Test
	void otherCallersKeyIsNoCollision() {
		String id = fresh();
		this.one.post("/orders", id, order(id), "X-User", "alice");
		HttpResponse<String> bob = this.one.post("/orders", id, "{\"id\":\"" + id + "\",\"amount\":7}", "X-User",
				"bob");
		assertThat(bob.statusCode()).isEqualTo(201);
		assertThat(replayed(bob)).isFalse();
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

	@Test
	void rejectionThatCommitsStaysOne() {
		String id = fresh();
		assertThat(this.one.post("/rejecting", id, order(id)).statusCode()).isEqualTo(402);
		HttpResponse<String> again = this.other.post("/rejecting", id, order(id));
		assertThat(again.statusCode()).isEqualTo(402);
		assertThat(again.body()).contains("\"detail\":\"declined\"");
		assertThat(replayed(again)).isTrue();
		assertThat(count(id)).isEqualTo(1);
		this.one.post("/refusing", id, order(id));
		HttpResponse<String> untold = this.one.post("/refusing", id, order(id));
		assertProblem(untold, 409, "rejected");
		assertThat(replayed(untold)).isTrue();
		assertThat(count(id)).isEqualTo(2);
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
	void bodyIsBounded() {
		String id = fresh();
		String large = "{\"id\":\"" + id + "\",\"amount\":1" + " ".repeat(2048) + "}";
		assertProblem(this.one.post("/orders", id, large), 413, "body-too-large");
		HttpResponse<String> chunked = this.one.send(this.one.request("/orders")
			.header("Idempotency-Key", id)
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.fromPublisher(BodyPublishers.ofString(large))));
		assertProblem(chunked, 413, "body-too-large");
		assertThat(count(id)).isZero();
	}

	@Test
	void formsAndUploadsAreKnownByWhatTheyCarry() {
		String id = fresh();
		assertRepeated("/form", id, "application/x-www-form-urlencoded", "id=" + id, "id=" + id);
		assertRepeated("/upload", id, "multipart/form-data; boundary=b1", multipart("b1", id), multipart("b1", id));
		HttpResponse<String> again = this.one.send(this.one.request("/upload")
			.header("Idempotency-Key", id)
			.header("Content-Type", "multipart/form-data; boundary=b2")
			.POST(BodyPublishers.ofString(multipart("b2", id))));
		assertThat(replayed(again)).isTrue();
		assertThat(count(id)).isEqualTo(2);
	}

	private void assertRepeated(String path, String key, String type, String first, String second) {
		List<HttpResponse<String>> responses = new ArrayList<>();
		for (String body : List.of(first, second)) {
			responses.add(this.one.send(this.one.request(path)
				.header("Idempotency-Key", key)
				.header("Content-Type", type)
				.POST(BodyPublishers.ofString(body))));
		}
		assertThat(responses).extracting(HttpResponse::statusCode).containsOnly(200);
		assertThat(responses.get(1).body()).isEqualTo(responses.get(0).body());
		assertThat(replayed(responses.get(1))).isTrue();
	}

	private static String multipart(String boundary, String name) {
		return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name
				+ "\"\r\nContent-Type: text/plain\r\n\r\ncontent\r\n--" + boundary + "--\r\n";
	}

	@Test
	void keyOfARequestIsForItsHandlerAlone() {
		String id = fresh();
		HttpResponse<String> response = this.one.post("/nested", id, order(id));
		assertProblem(response, 400, "key-malformed");
		assertThat(count(id)).isZero();
	}

	@Test
	void handlerWithAKeyOfItsOwnNeedsNoHeader() {
		String id = fresh();
		HttpResponse<String> first = this.one.post("/keyed", null, order(id));
		assertThat(this.one.post("/keyed", fresh(), order(id)).body()).isEqualTo(first.body());
		assertProblem(this.one.post("/keyed", null, "{\"id\":\"" + id + "\",\"amount\":2}"), 422, "key-reused");
		assertThat(count(id)).isEqualTo(1);
	}

	@Test
	void handlersWithoutAnEffectAreUntouched() {
		String id = fresh();
		for (int i = 0; i < 2; i++) {
			HttpResponse<String> put = this.one.send(this.one.request("/orders/" + id)
				.header("Idempotency-Key", "not, a, key")
				.PUT(BodyPublishers.noBody()));
			assertThat(put.statusCode()).isEqualTo(200);
			assertThat(replayed(put)).isFalse();
		}
		assertThat(this.one.send(this.one.request("/orders/" + id).header("Idempotency-Key", id).GET()).body())
			.isEqualTo("2");
		HttpResponse<String> head = this.one
			.send(this.one.request("/orders/" + id).method("HEAD", BodyPublishers.noBody()));
		assertThat(head.statusCode()).isEqualTo(200);
		assertThat(replayed(head)).isFalse();
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

	/**
	 * As a client does that was told to come again.
	 */
	private static HttpResponse<String> untilDecided(HttpApplication node, String id) {
		HttpResponse<String> response = node.post("/orders", id, order(id));
		for (int i = 0; response.statusCode() == 409 && i < 20; i++) {
			assertProblem(response, 409, "in-progress");
			response = node.post("/orders", id, order(id));
		}
		return response;
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

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
