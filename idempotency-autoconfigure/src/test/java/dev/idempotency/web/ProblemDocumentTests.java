// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.ProblemDetail;

import static org.assertj.core.api.Assertions.assertThat;

class ProblemDocumentTests {

	@Test
	void documentIsJsonWhateverTheTextIs() {
		String nasty = "\"quoted\" back\\slash \u0001 line\nbreak gr\u00fcn \ud83d\ude00 </script>";
		JsonNode document = read(ProblemDocument.of("urn:x:", ProblemType.KEY_REUSED, nasty, "/a\"b"));
		assertThat(document.get("detail").asString()).isEqualTo(nasty);
		assertThat(document.get("type").asString()).isEqualTo("urn:x:key-reused");
		assertThat(document.get("status").asInt()).isEqualTo(422);
		assertThat(document.get("instance").asString()).isEqualTo("/a\"b");
	}

	@Test
	void problemOfTheApplicationKeepsItsPlainMembers() {
		ProblemDetail problem = ProblemDetail.forStatus(409);
		problem.setProperty("left", 3);
		problem.setProperty("final", true);
		JsonNode document = read(ProblemDocument.of(problem));
		assertThat(document.get("status").asInt()).isEqualTo(409);
		assertThat(document.get("left").asInt()).isEqualTo(3);
		assertThat(document.get("final").asBoolean()).isTrue();
		assertThat(document.has("detail")).isFalse();
	}

	private static JsonNode read(byte[] document) {
		return JsonMapper.shared().readTree(new String(document, StandardCharsets.UTF_8));
	}

}
