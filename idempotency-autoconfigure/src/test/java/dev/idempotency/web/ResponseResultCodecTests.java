// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import dev.idempotency.effect.ResultException;
import dev.idempotency.effect.ResultType;
import dev.idempotency.effect.StoredResult;
import dev.idempotency.json.JsonResultCodec;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpEntity;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.ResponseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ResponseResultCodecTests {

	private final ResponseResultCodec codec = new ResponseResultCodec(
			new JsonResultCodec(JsonMapper.builder().build(), 1_000),
			RequestKeyTests.settings(List.of("Location", "Link")));

	@Test
	void statusChosenHeadersAndBodyAreToldAgain() {
		Type type = new ResultType<ResponseEntity<List<Receipt>>>() {
		}.type();
		ResponseEntity<List<Receipt>> first = ResponseEntity.status(201)
			.header("LOCATION", "/1")
			.header("Link", "a", "b")
			.header("Set-Cookie", "secret")
			.header("X-Trace", "1")
			.body(List.of(new Receipt("1")));
		ResponseEntity<?> again = (ResponseEntity<?>) again(first, type);
		assertThat(again.getStatusCode()).isEqualTo(HttpStatus.CREATED);
		assertThat(again.getBody()).isEqualTo(first.getBody());
		assertThat(again.getHeaders().headerNames()).containsExactlyInAnyOrder("LOCATION", "Link");
		assertThat(again.getHeaders().get("Link")).containsExactly("a", "b");
	}

	@Test
	void answerWithoutABodyIsToldAgain() {
		Type type = new ResultType<ResponseEntity<Void>>() {
		}.type();
		assertThat(again(ResponseEntity.noContent().build(), type)).isEqualTo(ResponseEntity.noContent().build());
		assertThat(again(null, type)).isNull();
	}

	@Test
	void bodyOfAnUndeclaredTypeIsToldAgainAsTheJsonItWasWrittenAs() {
		for (Type type : List.of(new ResultType<ResponseEntity<?>>() {
		}.type(), ResponseEntity.class, new ResultType<ResponseEntity<Object>>() {
		}.type())) {
			assertThat(((ResponseEntity<?>) again(ResponseEntity.ok(new Receipt("1")), type)).getBody())
				.isEqualTo(Map.of("id", "1"));
			assertThatExceptionOfType(ResultException.class)
				.isThrownBy(() -> this.codec.encode(ResponseEntity.ok(new byte[] { 1 }), type))
				.withMessageContaining("ResponseEntity<byte[]>");
		}
	}

	@Test
	void otherResultsAreLeftToTheCodecBehind() {
		assertThat(again(new Receipt("1"), Receipt.class)).isEqualTo(new Receipt("1"));
		HttpEntity<?> entity = (HttpEntity<?>) again(new HttpEntity<>("text"), new ResultType<HttpEntity<String>>() {
		}.type());
		assertThat(entity.getBody()).isEqualTo("text");
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, "sold out");
		problem.setProperty("sku", "a");
		assertThat(again(problem, ProblemDetail.class)).isEqualTo(problem);
	}

	@Test
	void answerThatCannotBeReadIsAnError() {
		Type type = new ResultType<ResponseEntity<Receipt>>() {
		}.type();
		for (StoredResult stored : List.of(new StoredResult("json/1", "{}".getBytes(StandardCharsets.UTF_8)),
				new StoredResult("http/1", new byte[] { 1 }), new StoredResult("http/1", null),
				this.codec.encode(ResponseEntity.ok("text"), new ResultType<ResponseEntity<String>>() {
				}.type()))) {
			if (!stored.codec().equals("json/1")) {
				assertThatExceptionOfType(ResultException.class).isThrownBy(() -> this.codec.decode(stored, type));
			}
			assertThatExceptionOfType(ResultException.class).isThrownBy(() -> this.codec.decode(stored, int.class));
		}
	}

	@Test
	void rejectionIsWhatTheExceptionSaysOfItself() {
		ErrorResponseException failure = new ErrorResponseException(HttpStatus.CONFLICT,
				ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, "sold \"out\""), null);
		failure.getHeaders().add("Location", "/1");
		failure.getHeaders().add("Set-Cookie", "secret");
		StoredResponse stored = StoredResponse.rejection(this.codec.encodeRejection(failure));
		assertThat(stored.status()).isEqualTo(409);
		assertThat(stored.headers()).containsOnlyKeys("Location");
		assertThat(new String(stored.body(), StandardCharsets.UTF_8)).contains("\"status\":409")
			.contains("\"detail\":\"sold \\\"out\\\"\"");
		assertThat(StoredResponse.rejection(this.codec.encodeRejection(new Annotated())).status()).isEqualTo(402);
		assertThat(this.codec.encodeRejection(new IllegalStateException())).isNull();
		assertThat(StoredResponse.rejection(new StoredResult("json/1", new byte[0]))).isNull();
	}

	private Object again(Object value, Type type) {
		return this.codec.decode(this.codec.encode(value, type), type);
	}

	record Receipt(String id) {
	}

	@ResponseStatus(code = HttpStatus.PAYMENT_REQUIRED, reason = "no money")
	static class Annotated extends Exception {

	}

}
