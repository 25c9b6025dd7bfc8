// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web.webhook;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class StripeVerifierTests {

	private static final Duration TOLERANCE = Duration.ofMinutes(5);

	private static final String SECRET = "whsec_test_secret";

	private static final String BODY = "{\"object\":\"event\",\"id\":\"evt_1\",\"data\":{\"object\":{\"id\":\"ch_1\"}}}";

	private static final long TIME = SignedRequests.NOW.getEpochSecond();

	private final StripeVerifier verifier = new StripeVerifier(List.of(SECRET), TOLERANCE);

	@Test
	void theEventsIdIsTheIdentity() {
		assertThat(this.verifier.verify(request("t=" + TIME + ",v1=" + signature(SECRET)).now()))
			.isEqualTo(new Verification.Genuine("evt_1", false));
	}

	@Test
	void oneOfSeveralSignaturesWillDo() {
		assertThat(this.verifier
			.verify(request("t=" + TIME + ",v1=" + signature("old") + ",v1=" + signature(SECRET) + ",v0=00").now()))
			.isInstanceOf(Verification.Genuine.class);
	}

	@Test
	void anySecretWillDo() {
		assertThat(new StripeVerifier(List.of("new", SECRET), TOLERANCE)
			.verify(request("t=" + TIME + ",v1=" + signature(SECRET)).now())).isInstanceOf(Verification.Genuine.class);
	}

	@Test
	void onlyATimeAroundNowWillDo() {
		SignedRequests request = request("t=" + TIME + ",v1=" + signature(SECRET));
		assertThat(this.verifier.verify(request.at(SignedRequests.NOW.plus(TOLERANCE))))
			.isInstanceOf(Verification.Genuine.class);
		assertThat(this.verifier.verify(request.at(SignedRequests.NOW.plus(TOLERANCE).plusMillis(1))))
			.isInstanceOf(Verification.Forged.class);
		assertThat(this.verifier.verify(request.at(SignedRequests.NOW.minus(TOLERANCE).minusMillis(1))))
			.isInstanceOf(Verification.Forged.class);
	}

	@Test
	void theTimeIsSignedToo() {
		assertThat(this.verifier.verify(request("t=" + (TIME + 1) + ",v1=" + signature(SECRET)).now()))
			.isInstanceOf(Verification.Forged.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "t=1614265330", "v1=00", "t=1614265330,v1=", "t=1614265330,v1=zz", "t=,v1=00",
			"t=1614265330,t=1614265330,v1=$", "t=1614265330,v0=$", "v1=$" })
	void anythingElseInTheHeaderIsForged(String header) {
		assertThat(this.verifier.verify(request(header.replace("$", signature(SECRET))).now()))
			.isInstanceOf(Verification.Forged.class);
	}

	@Test
	void aTimeThatIsNoneIsForgedHoweverSigned() {
		for (String time : List.of("-1", "1614265330.5", "9".repeat(40), "now")) {
			String signature = SignedRequests.hmac(SECRET, time + "." + BODY);
			assertThat(this.verifier.verify(request("t=" + time + ",v1=" + signature).now()))
				.isInstanceOf(Verification.Forged.class);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "[]", "", "{\"data\":{\"id\":\"ch_1\"}}", "{\"id\":5}", "[{\"id\":\"evt_1\"}]",
			"{\"a\":\"id\",\"b\":\"x\"}", "{\"id\"", "{\"id\":", "{\"id\":\"evt" })
	void withoutAnIdItHasNoName(String body) {
		String header = "t=" + TIME + ",v1=" + SignedRequests.hmac(SECRET, TIME + "." + body);
		assertThat(this.verifier.verify(request(header).body(body).now())).isInstanceOf(Verification.Nameless.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"id\":\"evt_1\"}", "{ \"a\" : [ {\"id\":\"no\"}, 1 ], \"id\" :\n \"evt_1\" }",
			"{\"q\\\"id\\\"\":\"\\\\\",\"id\":\"evt_1\"}", "{\"a\":\"id\",\"id\":\"evt_1\",\"z\":{}}" })
	void theIdIsFoundWhereverItStands(String body) {
		assertThat(TopLevelId.of(SignedRequests.bytes(body))).isEqualTo("evt_1");
	}

	private static SignedRequests request(String header) {
		return new SignedRequests(BODY).header("Stripe-Signature", header);
	}

	private static String signature(String secret) {
		return SignedRequests.hmac(secret, TIME + "." + BODY);
	}

}
