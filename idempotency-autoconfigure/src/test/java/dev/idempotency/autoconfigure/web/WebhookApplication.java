// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.web;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import dev.idempotency.effect.EffectEvent;
import dev.idempotency.sli.EffectSlis;
import dev.idempotency.sli.FlowSli;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * An application on Tomcat that takes webhooks of GitHub, and a client that signs.
 */
final class WebhookApplication implements AutoCloseable {

	static final String SECRET = "a secret of this test";

	private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final ConfigurableApplicationContext context;

	WebhookApplication(Class<?> receiver, String... properties) {
		List<String> all = new ArrayList<>(List.of("server.port=0", "spring.main.banner-mode=off",
				"spring.datasource.generate-unique-name=true", "idempotency.outbox.relay.enabled=false",
				"idempotency.webhooks.github.provider=github", "idempotency.webhooks.github.secrets=" + SECRET));
		all.addAll(List.of(properties));
		this.context = new SpringApplicationBuilder(Automatic.class, receiver).web(WebApplicationType.SERVLET)
			.properties(all.toArray(String[]::new))
			.run();
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	FlowSli slis(String flow) {
		FlowSli known = bean(EffectSlis.class).flows().get(flow);
		return (known != null) ? known : nothingHappened();
	}

	private static FlowSli nothingHappened() {
		EffectSlis slis = new EffectSlis();
		slis.on(new EffectEvent.Token("none", EffectEvent.Token.Decision.ISSUED));
		return slis.flows().get("none");
	}

	int count(String table) {
		Integer count = bean(JdbcTemplate.class).queryForObject("select count(*) from " + table, Integer.class);
		return (count != null) ? count : -1;
	}

	HttpResponse<String> deliver(String id, String body) {
		return post("/github", body.getBytes(StandardCharsets.UTF_8), Map.of("X-GitHub-Delivery", id, "X-GitHub-Event",
				"push", "X-Hub-Signature-256", signature(SECRET, body)));
	}

	HttpResponse<String> post(String path, byte[] body, Map<String, String> headers) {
		String port = this.context.getEnvironment().getProperty("local.server.port");
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofByteArray(body));
		headers.forEach((name, values) -> values.lines().forEach((value) -> request.header(name, value)));
		return send(request);
	}

	String get(String path) {
		String port = this.context.getEnvironment().getProperty("local.server.port");
		return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))).body();
	}

	private HttpResponse<String> send(HttpRequest.Builder request) {
		try {
			return this.http.send(request.build(), HttpResponse.BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	static String signature(String secret, String body) {
		return "sha256=" + hmac(secret, body);
	}

	static String hmac(String secret, String text) {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
			return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.context.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Automatic {

	}

}
