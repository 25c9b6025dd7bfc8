// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.fault;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.UUID;
import java.util.stream.IntStream;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * Sends what GitHub would send, and what somebody would send who only pretends.
 */
@Component
class GithubSender {

	private static final String EVENT = "github_app_authorization";

	private final String secret;

	private final byte[] payload;

	private RestClient http = RestClient.create();

	GithubSender(@Value("${idempotency.webhooks.github.secrets}") String secret,
			@Value("classpath:github/" + EVENT + ".json") Resource payload) throws IOException {
		this.secret = secret;
		this.payload = payload.getContentAsByteArray();
	}

	@EventListener
	void started(WebServerInitializedEvent event) {
		this.http = RestClient.create("http://127.0.0.1:" + event.getWebServer().getPort());
	}

	/**
	 * Delivers one event several times at once.
	 * @return how often it was taken
	 */
	int deliver(int times) {
		String id = UUID.randomUUID().toString();
		String signature = "sha256=" + hmac();
		return (int) IntStream.range(0, times)
			.parallel()
			.filter((time) -> send(id, signature).is2xxSuccessful())
			.count();
	}

	/**
	 * Delivers an event whose signature is off by one character.
	 * @return what was answered
	 */
	int forge() {
		String signature = hmac();
		String broken = (signature.charAt(0) == 'a' ? 'b' : 'a') + signature.substring(1);
		return send(UUID.randomUUID().toString(), "sha256=" + broken).value();
	}

	private HttpStatusCode send(String id, String signature) {
		return this.http.post()
			.uri("/webhooks/github")
			.contentType(MediaType.APPLICATION_JSON)
			.header("X-GitHub-Event", EVENT)
			.header("X-GitHub-Delivery", id)
			.header("X-Hub-Signature-256", signature)
			.body(this.payload)
			.exchange((request, response) -> response.getStatusCode());
	}

	private String hmac() {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(this.secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
			return HexFormat.of().formatHex(mac.doFinal(this.payload));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("Every Java platform has HmacSHA256", ex);
		}
	}

}
