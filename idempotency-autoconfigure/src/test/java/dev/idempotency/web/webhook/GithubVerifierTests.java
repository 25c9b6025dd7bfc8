// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web.webhook;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class GithubVerifierTests {

	/** The example of GitHub's documentation. */
	private static final String SECRET = "It's a Secret to Everybody";

	private static final String SIGNATURE = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

	private static final String ID = "72d3162e-cc78-11e3-81ab-4c9367dc0958";

	private final GithubVerifier verifier = new GithubVerifier(List.of(SECRET));

	@Test
	void thePublishedExampleIsGenuine() {
		assertThat(this.verifier.verify(request().now())).isEqualTo(new Verification.Genuine(ID, true));
	}

	@Test
	void anySecretWillDo() {
		assertThat(new GithubVerifier(List.of("new", SECRET)).verify(request().now()))
			.isInstanceOf(Verification.Genuine.class);
		assertThat(new GithubVerifier(List.of("new")).verify(request().now())).isInstanceOf(Verification.Forged.class);
	}

	@Test
	void anotherBodyIsForged() {
		assertThat(this.verifier.verify(request().body("Hello, World?").now())).isInstanceOf(Verification.Forged.class);
		assertThat(this.verifier.verify(request().body("").now())).isInstanceOf(Verification.Forged.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "x", "sha256=", "sha256=zz", "sha256=7571",
			"SHA256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
			"757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
			"sha1=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
			"sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e18" })
	void anythingElseInTheHeaderIsForged(String signature) {
		assertThat(this.verifier.verify(request().header("X-Hub-Signature-256", signature).now()))
			.isInstanceOf(Verification.Forged.class);
	}

	@Test
	void withoutAnIdItHasNoName() {
		assertThat(this.verifier.verify(request().header("X-GitHub-Delivery", " ").now()))
			.isInstanceOf(Verification.Nameless.class);
	}

	private static SignedRequests request() {
		return new SignedRequests("Hello, World!").header("X-Hub-Signature-256", SIGNATURE)
			.header("X-GitHub-Delivery", ID);
	}

}
