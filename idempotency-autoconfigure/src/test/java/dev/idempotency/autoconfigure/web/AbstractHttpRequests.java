// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.web;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.idempotency.effect.EffectEvent;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which requests are refused, and which are the same.
 */
abstract class AbstractHttpRequests extends AbstractHttpFixture {

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

	@Test
	void keyOfARequestIsForItsHandlerAlone() {
		String id = fresh();
		HttpResponse<String> response = this.one.post("/nested", id, order(id));
		assertThat(response.statusCode()).isEqualTo(500);
		assertThat(response.body()).isEqualTo("the application says: InvalidIdentityException");
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
	void handlerWithAKeyOfItsOwnKeepsCallersApart() {
		String id = fresh();
		HttpResponse<String> alice = this.one.post("/keyed", null, order(id), "X-User", "alice");
		HttpResponse<String> bob = this.one.post("/keyed", null, order(id), "X-User", "bob");
		assertThat(bob.statusCode()).isEqualTo(200);
		assertThat(bob.body()).isNotEqualTo(alice.body());
		assertThat(replayed(bob)).isFalse();
		HttpResponse<String> again = this.other.post("/keyed", null, order(id), "X-User", "alice");
		assertThat(again.body()).isEqualTo(alice.body());
		assertThat(replayed(again)).isTrue();
		assertThat(count(id)).isEqualTo(2);
	}

	@Test
	void anAnswerOfAnEffectFurtherInIsNoReplayOfTheRequest() {
		String id = fresh();
		this.one.post("/around", fresh(), order(id));
		HttpResponse<String> second = this.one.post("/around", fresh(), order(id));
		assertThat(second.statusCode()).isEqualTo(200);
		assertThat(replayed(second)).isFalse();
	}

	@Test
	void aRequestWithoutWhatTheKeyIsMadeOfIsRefused() {
		assertProblem(this.one.post("/keyed", null, "{\"amount\":1}"), 400, "key-malformed");
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

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
