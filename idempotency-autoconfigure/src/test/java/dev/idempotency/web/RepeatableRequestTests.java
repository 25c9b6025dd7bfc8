// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;

import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;

import static org.assertj.core.api.Assertions.assertThat;

class RepeatableRequestTests {

	/**
	 * GitHub sends forms unless it is told otherwise.
	 */
	@Test
	void theParametersOfAFormAreThereAfterItsBodyWasRead() throws IOException {
		RepeatableRequest request = read("application/x-www-form-urlencoded; charset=UTF-8",
				"payload=%7B%22a%22%3A+%22%C3%BC%22%7D&n=1&n=2&empty");
		assertThat(request.getParameter("payload")).isEqualTo("{\"a\": \"\u00fc\"}");
		assertThat(request.getParameterValues("n")).containsExactly("0", "1", "2");
		assertThat(request.getParameter("empty")).isEmpty();
		assertThat(request.getParameter("missing")).isNull();
		assertThat(Collections.list(request.getParameterNames())).containsExactly("n", "payload", "empty");
		assertThat(request.getInputStream().readAllBytes()).startsWith("payload=".getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void otherBodiesHaveNoParameters() throws IOException {
		assertThat(Collections.list(read("application/json", "payload=1").getParameterNames())).containsExactly("n");
	}

	private static RepeatableRequest read(String type, String body) throws IOException {
		MockHttpServletRequest original = new MockHttpServletRequest("POST", "/hook");
		original.setContentType(type);
		original.setParameter("n", "0");
		original.setContent(body.getBytes(StandardCharsets.UTF_8));
		RepeatableRequest request = new RepeatableRequest(original);
		assertThat(request.body(1000)).hasSize(body.length());
		return request;
	}

}
