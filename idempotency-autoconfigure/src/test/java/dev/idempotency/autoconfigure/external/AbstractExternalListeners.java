// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.external;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.idempotency.testing.ChildProcess;
import dev.idempotency.testing.JavaProcess;
import dev.idempotency.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.idempotency.autoconfigure.external.ExternalListenerNode.AT_MOST_ONCE;
import static dev.idempotency.autoconfigure.external.ExternalListenerNode.WITH_KEY;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Messages whose effect is outside: what the broker delivers again, what the provider is
 * asked again, and what waits for a person.
 */
abstract class AbstractExternalListeners extends AbstractExternalFixture {

	private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");

	private final HttpClient http = HttpClient.newHttpClient();

	private int port;

	AbstractExternalListeners(TestDatabase database) {
		super(database);
	}

	/**
	 * Properties of the application.
	 */
	abstract List<String> broker();

	abstract void send(String flow, String id);

	/**
	 * Whether the broker would deliver nothing again. The application is dead.
	 */
	abstract boolean isAcknowledged(String flow);

	@ParameterizedTest
	@ValueSource(strings = { WITH_KEY, AT_MOST_ONCE })
	void aMessageThatComesAgainCallsNothing(String flow) {
		send(flow, "a");
		send(flow, "a");
		send(flow, "b");
		ChildProcess node = application();
		awaitStates("COMPLETED", "COMPLETED");
		Awaitility.await()
			.atMost(LONG)
			.untilAsserted(() -> assertThat(get("idempotency/slis")).contains("\"completed\":2", "\"duplicates\":1"));
		assertThat(this.provider.keys()).hasSize(2);
		node.terminate(LONG);
		assertThat(isAcknowledged(flow)).isTrue();
	}

	@Test
	void aConnectionThatIsCutIsTriedAgainUnderTheSameKeyAndAcknowledged() {
		this.provider.answer(ChargingProvider.Answer.CUT);
		send(WITH_KEY, "a");
		ChildProcess node = application();
		awaitRequests(1);
		this.provider.answer(ChargingProvider.Answer.AT_ONCE);
		awaitStates("COMPLETED");
		assertThat(Set.copyOf(this.provider.keys())).hasSize(1).doesNotContain("null");
		assertThat(this.provider.keys()).hasSizeGreaterThan(1);
		assertThat(this.provider.charges()).isOne();
		node.terminate(LONG);
		assertThat(isAcknowledged(WITH_KEY)).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "happened, 0", "did-not-happen, 1" })
	void whatIsInDoubtIsSetAsideAndAPersonDecides(String decision, int callsAgain) {
		this.provider.answer(ChargingProvider.Answer.CUT);
		send(AT_MOST_ONCE, "a");
		ChildProcess node = application();
		awaitStates("IN_DOUBT");
		Awaitility.await().atMost(LONG).until(() -> get("idempotency/parked").contains("IN_DOUBT"));
		this.provider.answer(ChargingProvider.Answer.AT_ONCE);
		send(AT_MOST_ONCE, "b");
		awaitStates("COMPLETED", "IN_DOUBT");
		assertThat(this.provider.keys()).as("what is in doubt blocks nothing").hasSize(2);
		Awaitility.await()
			.atMost(LONG)
			.untilAsserted(() -> assertThat(get("idempotency/slis")).contains("\"inDoubt\":1"));
		assertThat(get("health/idempotency")).contains("\"inDoubt\":{\"at-most-once\":{\"count\":1", "\"UP\"");

		String doubt = id(get("idempotency/in-doubt"));
		assertThat(post("in-doubt", decision, doubt)).isEqualTo(200);
		assertThat(post("in-doubt", decision, doubt)).isEqualTo(404);
		assertThat(this.provider.keys()).as("deciding calls nothing").hasSize(2);
		assertThat(post("parked", "replay", id(get("idempotency/parked")))).isEqualTo(200);
		awaitStates("COMPLETED", "COMPLETED");
		send(AT_MOST_ONCE, "c");
		awaitRequests(3 + callsAgain);
		awaitStates("COMPLETED", "COMPLETED", "COMPLETED");
		assertThat(get("idempotency/parked")).doesNotContain("IN_DOUBT");
		node.terminate(LONG);
		assertThat(isAcknowledged(AT_MOST_ONCE)).isTrue();
	}

	@Test
	void killedInTheCallWithAKeyItIsDeliveredAgainAndChargesOnce() {
		this.provider.answer(ChargingProvider.Answer.NEVER);
		send(WITH_KEY, "a");
		ChildProcess dead = application();
		awaitRequests(1);
		dead.kill9();
		assertThat(isAcknowledged(WITH_KEY)).isFalse();
		this.provider.answer(ChargingProvider.Answer.AT_ONCE);
		ChildProcess node = application();
		awaitStates("COMPLETED");
		assertThat(this.provider.keys()).hasSize(2).allMatch(this.provider.keys().get(0)::equals);
		assertThat(this.provider.charges()).isOne();
		node.terminate(LONG);
		assertThat(isAcknowledged(WITH_KEY)).isTrue();
	}

	@Test
	void killedInTheCallWithoutAKeyItIsDeliveredAgainAndSetAsideWithoutACall() {
		this.provider.answer(ChargingProvider.Answer.NEVER);
		send(AT_MOST_ONCE, "a");
		ChildProcess dead = application();
		awaitRequests(1);
		dead.kill9();
		assertThat(isAcknowledged(AT_MOST_ONCE)).isFalse();
		this.provider.answer(ChargingProvider.Answer.AT_ONCE);
		ChildProcess node = application();
		awaitStates("IN_DOUBT");
		Awaitility.await().atMost(LONG).until(() -> get("idempotency/parked").contains("IN_DOUBT"));
		assertThat(this.provider.keys()).hasSize(1);
		node.terminate(LONG);
		assertThat(isAcknowledged(AT_MOST_ONCE)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { WITH_KEY, AT_MOST_ONCE })
	void killedBeforeTheAcknowledgementItIsDeliveredAgainAndCallsNothing(String flow) {
		send(flow, "a");
		ChildProcess dead = start(process("--test.crash-point=" + CrashPoint.AFTER_THE_OUTCOME));
		dead.waitForLine(CrashPoint.LINE, LONG);
		dead.kill9();
		assertThat(states()).containsExactly("COMPLETED");
		assertThat(isAcknowledged(flow)).isFalse();
		ChildProcess node = application();
		Awaitility.await().atMost(LONG).until(() -> get("idempotency/slis").contains("\"duplicates\":1"));
		assertThat(this.provider.keys()).hasSize(1);
		node.terminate(LONG);
		assertThat(isAcknowledged(flow)).isTrue();
	}

	private ChildProcess application() {
		ChildProcess node = start(process());
		String ready = node.waitForLine("^READY \\d+", LONG);
		this.port = Integer.parseInt(ready.substring("READY ".length()));
		return node;
	}

	private JavaProcess process(String... arguments) {
		return JavaProcess.of(ExternalListenerNode.class)
			.argument("--server.port=0", "--spring.datasource.url=" + this.database.jdbcUrl(),
					"--spring.datasource.username=" + this.database.username(),
					"--spring.datasource.password=" + this.database.password(), "--spring.flyway.enabled=false",
					"--management.endpoints.web.exposure.include=idempotency,health",
					"--management.endpoint.health.show-details=always",
					"--management.endpoint.idempotency.access=unrestricted", "--test.provider=" + this.provider.uri(),
					"--idempotency.external.lease=2s", "--idempotency.external.sweep-interval=100ms",
					"--idempotency.inbox.wait-for=100ms", "--idempotency.retry.initial-delay=200ms",
					"--idempotency.retry.max-delay=500ms", "--idempotency.flows.with-key.external.provider=generic")
			.argument(broker().toArray(String[]::new))
			.argument(arguments);
	}

	private void awaitStates(String... states) {
		Awaitility.await().atMost(LONG).until(() -> states().equals(List.of(states)));
	}

	private List<String> states() {
		return this.jdbc.queryForList("SELECT status FROM idempotency_claim ORDER BY status", String.class);
	}

	private static String id(String json) {
		Matcher matcher = ID.matcher(json);
		assertThat(matcher.find()).as(json).isTrue();
		return matcher.group(1);
	}

	private String get(String part) {
		return exchange(request(part).GET()).body();
	}

	private int post(String part, String operation, String id) {
		return exchange(request("idempotency/" + part).header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString("{\"operation\":\"" + operation + "\",\"id\":\"" + id + "\"}")))
			.statusCode();
	}

	private HttpRequest.Builder request(String part) {
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + "/actuator/" + part));
	}

	private HttpResponse<String> exchange(HttpRequest.Builder request) {
		return this.http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString()).join();
	}

}
