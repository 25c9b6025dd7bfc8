// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web.webhook;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class StandardVerifierTests {

	private static final Duration TOLERANCE = Duration.ofMinutes(5);

	/** The example the specification's libraries are tested with. */
	private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

	private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";

	private static final String TIME = "1614265330";

	private static final String BODY = "{\"test\": 2432232314}";

	private static final String SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

	private final StandardVerifier verifier = new StandardVerifier(List.of(SECRET), TOLERANCE);

	@Test
	void thePublishedExampleIsGenuine() {
		assertThat(this.verifier.verify(request(SIGNATURE).now())).isEqualTo(new Verification.Genuine(ID, false));
	}

	@Test
	void aSecretMayComeWithoutItsPrefix() {
		assertThat(new StandardVerifier(List.of(SECRET.substring("whsec_".length())), TOLERANCE)
			.verify(request(SIGNATURE).now())).isInstanceOf(Verification.Genuine.class);
	}

	@Test
	void moreSignaturesThanAnySenderHasSecretsAreForged() {
		assertThat(this.verifier.verify(request((SIGNATURE + " ").repeat(16)).now()))
			.isInstanceOf(Verification.Genuine.class);
		assertThat(this.verifier.verify(request((SIGNATURE + " ").repeat(17)).now()))
			.isInstanceOf(Verification.Forged.class);
	}

	@Test
	void oneOfSeveralSignaturesAndAnySecretWillDo() {
		String other = "v1," + Base64.getEncoder().encodeToString(new byte[32]);
		StandardVerifier rotated = new StandardVerifier(
				List.of("whsec_" + Base64.getEncoder().encodeToString(new byte[32]), SECRET), TOLERANCE);
		assertThat(rotated.verify(request(other + " v2,zz " + SIGNATURE).now()))
			.isInstanceOf(Verification.Genuine.class);
		assertThat(rotated.verify(request(other).now())).isInstanceOf(Verification.Forged.class);
	}

	@Test
	void idTimeAndBodyAreSigned() {
		assertThat(this.verifier.verify(request(SIGNATURE).header("webhook-id", "msg_other").now()))
			.isInstanceOf(Verification.Forged.class);
		assertThat(this.verifier.verify(request(SIGNATURE).header("webhook-timestamp", "1614265331").now()))
			.isInstanceOf(Verification.Forged.class);
		assertThat(this.verifier.verify(request(SIGNATURE).body(BODY + " ").now()))
			.isInstanceOf(Verification.Forged.class);
	}

	@Test
	void onlyATimeAroundNowWillDo() {
		assertThat(this.verifier.verify(request(SIGNATURE).at(SignedRequests.NOW.plus(TOLERANCE).plusMillis(1))))
			.isInstanceOf(Verification.Forged.class);
		assertThat(this.verifier.verify(request(SIGNATURE).at(SignedRequests.NOW.minus(TOLERANCE).minusMillis(1))))
			.isInstanceOf(Verification.Forged.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "webhook-id", "webhook-timestamp", "webhook-signature" })
	void everyHeaderIsNeeded(String header) {
		assertThat(this.verifier.verify(request(SIGNATURE).header(header, "").now()))
			.isInstanceOf(Verification.Forged.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "v1", "v1,", "v1,zz", "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
			"g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
			"v1,h0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" })
	void anythingElseInTheHeaderIsForged(String signature) {
		assertThat(this.verifier.verify(request(signature).now())).isInstanceOf(Verification.Forged.class);
	}

	@Test
	void aPublicKeyVerifiesWhatItsPrivateKeySigned() throws GeneralSecurityException {
		KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
		byte[] encoded = pair.getPublic().getEncoded();
		String key = "whpk_" + base64(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
		StandardVerifier asymmetric = new StandardVerifier(List.of(key), TOLERANCE);
		byte[] signature = signed(pair, ID + "." + TIME + "." + BODY);
		assertThat(asymmetric.verify(request("v1a," + base64(signature)).now()))
			.isEqualTo(new Verification.Genuine(ID, false));
		assertThat(asymmetric.verify(request("v1," + base64(signature)).now())).isInstanceOf(Verification.Forged.class);
		assertThat(asymmetric.verify(request(SIGNATURE).now())).isInstanceOf(Verification.Forged.class);
		signature[5] ^= 1;
		assertThat(asymmetric.verify(request("v1a," + base64(signature)).now()))
			.isInstanceOf(Verification.Forged.class);
		assertThat(asymmetric.verify(request("v1a,AAAA").now())).isInstanceOf(Verification.Forged.class);
	}

	/**
	 * Tests 1 and 3 of RFC 8032, section 7.1.
	 */
	@ParameterizedTest
	@CsvSource({
			"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a,'',"
					+ "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
					+ "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
			"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025,af82,"
					+ "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
					+ "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a" })
	void publishedSignaturesOfEd25519Hold(String key, String message, String signature) {
		HexFormat hex = HexFormat.of();
		assertThat(
				Signatures.isOf(Signatures.ed25519(hex.parseHex(key)), hex.parseHex(signature), hex.parseHex(message)))
			.isTrue();
		assertThat(Signatures.isOf(Signatures.ed25519(hex.parseHex(key)), hex.parseHex(signature), new byte[] { 1 }))
			.isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "whsec_", "whsec_not base64", "whsec_c2hvcnQ=", "whpk_c2hvcnQ=", "c2hvcnQ=" })
	void aSecretThatCanBeNoneIsRefusedWithoutBeingTold(String secret) {
		assertThatIllegalArgumentException().isThrownBy(() -> new StandardVerifier(List.of(secret), TOLERANCE))
			.withMessageNotContaining("c2hvcnQ");
	}

	private static byte[] signed(KeyPair pair, String text) throws GeneralSecurityException {
		Signature signer = Signature.getInstance("Ed25519");
		signer.initSign(pair.getPrivate());
		signer.update(SignedRequests.bytes(text));
		return signer.sign();
	}

	private static String base64(byte[] bytes) {
		return Base64.getEncoder().encodeToString(bytes);
	}

	private static SignedRequests request(String signature) {
		return new SignedRequests(BODY).header("webhook-id", ID)
			.header("webhook-timestamp", TIME)
			.header("webhook-signature", signature);
	}

}
