// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.web;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

import dev.idempotency.testing.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Real payloads of GitHub, each delivered three times over HTTP.
 */
abstract class AbstractGithubDeliveries {

	private static final int PAYLOADS = 329;

	private static final int ATTEMPTS = 3;

	private final Random random = new Random(20260329);

	private final List<Hook> hooks = hooks();

	private TestDatabase database;

	private WebhookApplication application;

	abstract TestDatabase open();

	@BeforeEach
	void start() {
		this.database = open();
		this.application = new WebhookApplication(GithubReceiver.class,
				"spring.datasource.url=" + this.database.jdbcUrl(),
				"spring.datasource.username=" + this.database.username(),
				"spring.datasource.password=" + this.database.password(), "idempotency.inbox.wait-for=20s");
	}

	@AfterEach
	void stop() {
		this.application.close();
		this.database.close();
	}

	@Test
	void eachPayloadHasOneEffectHoweverOftenItIsDelivered() throws Exception {
		List<Hook> deliveries = new ArrayList<>();
		for (int i = 0; i < ATTEMPTS; i++) {
			deliveries.addAll(this.hooks);
		}
		Collections.shuffle(deliveries, this.random);
		int half = deliveries.size() / 2;
		for (Hook hook : deliveries.subList(0, half)) {
			assertThat(deliver(hook)).isEqualTo(200);
		}
		assertThat(atOnce(deliveries.subList(half, deliveries.size()))).containsOnly(200);
		assertThat(this.application.count("received")).isEqualTo(PAYLOADS);
		assertThat(this.application.count("idempotency_inbox")).isEqualTo(PAYLOADS);
		assertThat(this.application.slis("github").completed()).isEqualTo(PAYLOADS);
		assertThat(this.application.slis("github").duplicates()).isEqualTo((ATTEMPTS - 1) * PAYLOADS);
		assertThat(this.application.slis("github").refused()).isZero();
	}

	@Test
	void copiesThatArriveAtTheSameMomentHaveOneEffect() throws Exception {
		List<Hook> copies = new ArrayList<>();
		for (Hook hook : this.hooks.subList(0, 20)) {
			copies.addAll(Collections.nCopies(8, hook));
		}
		assertThat(atOnce(copies)).containsOnly(200);
		assertThat(this.application.count("received")).isEqualTo(20);
	}

	@Test
	void aByteThatIsWrongInTheSignatureOrTheBodyNeverMakesARow() {
		for (Hook hook : this.hooks) {
			assertThat(deliver(hook, broken(hook.signature(), "sha256=".length()), hook.body())).isEqualTo(401);
			assertThat(deliver(hook, hook.signature(), broken(hook.body(), 0))).isEqualTo(401);
		}
		assertThat(this.application.count("received")).isZero();
		assertThat(this.application.count("idempotency_inbox")).isZero();
		assertThat(this.application.slis("github").refused()).isEqualTo(2 * PAYLOADS);
		assertThat(this.application.slis("github").delivered()).isZero();
	}

	private List<Integer> atOnce(List<Hook> deliveries) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(8);
		try {
			List<Future<Integer>> calls = new ArrayList<>();
			for (Hook hook : deliveries) {
				Callable<Integer> call = () -> deliver(hook);
				calls.add(threads.submit(call));
			}
			List<Integer> results = new ArrayList<>();
			for (Future<Integer> call : calls) {
				results.add(call.get(60, TimeUnit.SECONDS));
			}
			return results;
		}
		finally {
			threads.shutdownNow();
		}
	}

	private int deliver(Hook hook) {
		return deliver(hook, hook.signature(), hook.body());
	}

	private int deliver(Hook hook, String signature, String body) {
		return this.application
			.post("/github", body.getBytes(StandardCharsets.UTF_8), Map.of("X-GitHub-Event", hook.event(),
					"X-GitHub-Delivery", hook.id(), "X-Hub-Signature-256", signature))
			.statusCode();
	}

	/**
	 * Changes one character behind a place, and in a signature into another digit.
	 */
	private String broken(String text, int from) {
		int place = from + this.random.nextInt(text.length() - from);
		char other = (text.charAt(place) == '0') ? '1' : '0';
		return text.substring(0, place) + other + text.substring(place + 1);
	}

	private static List<Hook> hooks() {
		JsonMapper mapper = JsonMapper.builder().build();
		try (InputStream file = AbstractGithubDeliveries.class.getResourceAsStream("github-webhooks.jsonl.gz");
				BufferedReader lines = new BufferedReader(
						new InputStreamReader(new GZIPInputStream(file), StandardCharsets.UTF_8))) {
			List<Hook> hooks = lines.lines().map(mapper::readTree).map(AbstractGithubDeliveries::hook).toList();
			assertThat(hooks).hasSize(PAYLOADS);
			return hooks;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Hook hook(JsonNode line) {
		String body = line.path("payload").toString();
		return new Hook(line.path("event").asString(), UUID.randomUUID().toString(), body,
				WebhookApplication.signature(WebhookApplication.SECRET, body));
	}

	/**
	 * What GitHub would send.
	 */
	private record Hook(String event, String id, String body, String signature) {
	}

}
