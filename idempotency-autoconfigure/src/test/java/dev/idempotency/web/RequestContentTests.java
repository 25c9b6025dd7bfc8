// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

import dev.idempotency.effect.Fingerprint;
import dev.idempotency.effect.Fingerprinter;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockPart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class RequestContentTests {

	private static final Fingerprinter WITHOUT_SPACES = (content) -> Fingerprint
		.of(new String((byte[]) content, StandardCharsets.UTF_8).replace(" ", "").getBytes(StandardCharsets.UTF_8));

	private final RequestContent content = new RequestContent(WITHOUT_SPACES, 20);

	@Test
	void methodPathQueryAndBodyAllCount() throws Exception {
		String first = of(post("/orders", "{}"));
		assertThat(of(post("/orders", "{}"))).isEqualTo(first);
		assertThat(of(post("/order", "{}"))).isNotEqualTo(first);
		assertThat(of(post("/orders", "[]"))).isNotEqualTo(first);
		MockHttpServletRequest put = post("/orders", "{}");
		put.setMethod("PUT");
		assertThat(of(put)).isNotEqualTo(first);
		MockHttpServletRequest query = post("/orders", "{}");
		query.setQueryString("dry=true");
		assertThat(of(query)).isNotEqualTo(first);
	}

	@Test
	void jsonCountsByItsValueAndAnythingElseAsItIs() throws Exception {
		assertThat(of(post("/", "{ }"))).isEqualTo(of(post("/", "{}")));
		assertThat(of(post("/", "{ }", "application/vnd.a+json; charset=utf-8"))).isEqualTo(of(post("/", "{}")));
		assertThat(of(post("/", "{ }", "text/plain"))).isNotEqualTo(of(post("/", "{}", "text/plain")));
	}

	@Test
	void bodyIsStillThereForTheHandler() throws Exception {
		RepeatableRequest request = new RepeatableRequest(post("/", "grün", "text/plain; charset=UTF-8"));
		this.content.of(request);
		assertThat(request.getInputStream().readAllBytes()).isEqualTo("grün".getBytes(StandardCharsets.UTF_8));
		assertThat(request.getInputStream().isFinished()).isFalse();
		assertThat(request.getReader().readLine()).isEqualTo("grün");
	}

	@Test
	void bodyOverTheLimitIsRefusedWithoutHoldingIt() throws Exception {
		assertThat(of(post("/", "x".repeat(20)))).isNotEmpty();
		assertTooLarge(post("/", "x".repeat(21)));
		assertTooLarge(new MockHttpServletRequest("POST", "/") {

			{
				setContent("x".repeat(21).getBytes(StandardCharsets.UTF_8));
			}

			@Override
			public long getContentLengthLong() {
				return -1;
			}

		});
	}

	@Test
	void bodyThatSaysItIsTooLargeIsNotEvenRead() {
		assertTooLarge(new MockHttpServletRequest("POST", "/") {

			@Override
			public long getContentLengthLong() {
				return 21;
			}

			@Override
			public ServletInputStream getInputStream() {
				throw new IllegalStateException("read");
			}

		});
	}

	private void assertTooLarge(MockHttpServletRequest request) {
		assertThatExceptionOfType(RequestRefusedException.class).isThrownBy(() -> of(request))
			.satisfies((ex) -> assertThat(ex.type()).isEqualTo(ProblemType.BODY_TOO_LARGE))
			.withMessageContaining("20 bytes");
	}

	@Test
	void formCountsByItsParameters() throws Exception {
		String first = of(form((request) -> {
			request.addParameter("a", "1", "2");
			request.addParameter("b", "3");
		}));
		assertThat(of(form((request) -> {
			request.addParameter("b", "3");
			request.addParameter("a", "1", "2");
		}))).isEqualTo(first);
		assertThat(of(form((request) -> {
			request.addParameter("a", "12");
			request.addParameter("b", "3");
		}))).isNotEqualTo(first);
	}

	@Test
	void multipartCountsByItsPartsWhateverTheBoundary() throws Exception {
		String first = of(parts("one", "x".repeat(1_000)));
		MockHttpServletRequest again = parts("one", "x".repeat(1_000));
		again.setContentType("multipart/form-data; boundary=other");
		assertThat(of(again)).isEqualTo(first);
		assertThat(of(parts("one", "y".repeat(1_000)))).isNotEqualTo(first);
		assertThat(of(parts("two", "x".repeat(1_000)))).isNotEqualTo(first);
	}

	@Test
	void requestThatCannotBeReadTwiceIsNotRunUnprotected() {
		assertThatIllegalStateException().isThrownBy(() -> this.content.of(post("/", "{}")))
			.withMessageContaining("did not see this request");
	}

	private String of(MockHttpServletRequest request) throws IOException, ServletException {
		return this.content.of(new RepeatableRequest(request));
	}

	private static MockHttpServletRequest post(String path, String body) {
		return post(path, body, "application/json");
	}

	private static MockHttpServletRequest post(String path, String body, String type) {
		MockHttpServletRequest request = new MockHttpServletRequest("POST", path);
		request.setContentType(type);
		request.setContent(body.getBytes(StandardCharsets.UTF_8));
		return request;
	}

	private static MockHttpServletRequest form(Consumer<MockHttpServletRequest> parameters) {
		MockHttpServletRequest request = post("/", "ignored", "application/x-www-form-urlencoded");
		parameters.accept(request);
		return request;
	}

	private static MockHttpServletRequest parts(String name, String content) {
		MockHttpServletRequest request = post("/", "ignored", "multipart/form-data; boundary=one");
		request.addPart(new MockPart(name, "a.txt", content.getBytes(StandardCharsets.UTF_8)));
		return request;
	}

}
