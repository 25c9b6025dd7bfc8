// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.actuate;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.sql.DataSource;

import dev.idempotency.delivery.ParkedMessage;
import dev.idempotency.delivery.ParkingLot;
import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectInDoubtException;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.EffectTemplate;
import dev.idempotency.effect.InDoubtEffect;
import dev.idempotency.inbox.InDoubtEffects;
import dev.idempotency.jdbc.Dialect;
import dev.idempotency.jdbc.JdbcLaneStore;
import dev.idempotency.jdbc.JdbcRelayStore;
import dev.idempotency.outbox.Lanes;
import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.outbox.OutboxStore;
import dev.idempotency.relay.Lease;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class OperatorEndpointTests {

	private static final String QUIET = "idempotency.outbox.relay.enabled=false";

	private static ActuatorApplication application;

	private final List<AuditEvent> audited = application.bean(Application.class).audited;

	@BeforeAll
	static void start() {
		application = new ActuatorApplication(Application.class, QUIET, ActuatorApplication.UNRESTRICTED);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@BeforeEach
	void empty() {
		this.audited.clear();
		for (String table : List.of("idempotency_claim", "idempotency_parked", "idempotency_outbox",
				"idempotency_outbox_parked", "idempotency_halted_key")) {
			application.jdbc().update("DELETE FROM " + table);
		}
	}

	@Test
	void nothingCanBeChangedUnlessAccessIsWidened() {
		try (ActuatorApplication closed = new ActuatorApplication(Application.class, QUIET)) {
			park(closed, "inventory", 1);
			String id = closed.parked().get(0).id();
			assertThat(closed.replay(id).statusCode()).isEqualTo(405);
			assertThat(closed.get("idempotency/parked").statusCode()).isEqualTo(200);
			assertThat(closed.parked()).hasSize(1);
		}
	}

	@Test
	void messageIsReplayedOnceAndAudited() {
		park(application, "inventory", 1);
		String id = application.parked().get(0).id();
		HttpResponse<String> replayed = application.replay(id);
		assertThat(replayed.statusCode()).isEqualTo(200);
		assertThat(replayed.body()).contains("\"result\":\"DONE\"", "\"messages\":1", "kafka:orders", "e1 of shop");
		HttpResponse<String> again = application.replay(id);
		assertThat(again.statusCode()).isEqualTo(404);
		assertThat(again.body()).contains("UNKNOWN", "no message " + id + " is set aside");
		assertThat(rows("idempotency_outbox")).isEqualTo(1);
		assertThat(this.audited).extracting(AuditEvent::getPrincipal).containsOnly("anonymous");
		assertThat(this.audited).extracting(AuditEvent::getType).containsOnly("IDEMPOTENCY_OPERATION");
		assertThat(this.audited).extracting((event) -> event.getData().get("result").toString().split(":")[0])
			.containsExactly("DONE", "UNKNOWN");
		assertThat(this.audited.get(0).getData()).containsEntry("operation", "replay")
			.containsEntry("target", "parked " + id);
	}

	@Test
	void manyAreReplayedOldestFirst() {
		park(application, "inventory", 3);
		park(application, "shipping", 1);
		HttpResponse<String> replayed = application.post("idempotency/parked",
				"{\"operation\":\"replay\",\"flow\":\"inventory\",\"limit\":2}");
		assertThat(replayed.statusCode()).isEqualTo(200);
		assertThat(replayed.body()).contains("\"messages\":2");
		assertThat(application.jdbc().queryForList("SELECT message_id FROM idempotency_outbox ORDER BY id"))
			.extracting((row) -> row.get("message_id"))
			.containsExactly("e1", "e2");
		assertThat(this.audited).singleElement()
			.satisfies((event) -> assertThat(event.getData()).containsEntry("target", "at most 2 of flow inventory"));
	}

	@Test
	void messageIsDiscarded() {
		park(application, "inventory", 1);
		String json = "{\"operation\":\"discard\",\"id\":\"" + application.parked().get(0).id() + "\"}";
		assertThat(application.post("idempotency/parked", json).statusCode()).isEqualTo(200);
		assertThat(application.post("idempotency/parked", json).statusCode()).isEqualTo(404);
		assertThat(application.parked()).isEmpty();
		assertThat(rows("idempotency_outbox")).isZero();
	}

	@Test
	void haltedKeyIsListedAndResumed() {
		String id = outboxParked("k");
		assertThat(application.get("idempotency/outbox").body())
			.contains("\"haltedKeys\":[{\"destination\":\"kafka:orders\",\"key\":\"k\"", "\"messageId\":\"m1\"");
		assertThat(application.get("idempotency").body()).contains("\"outboxParked\":{\"kafka:orders\":1}");
		HttpResponse<String> alone = application.post("idempotency/outbox",
				"{\"operation\":\"resend\",\"id\":\"" + id + "\"}");
		assertThat(alone.statusCode()).isEqualTo(409);
		assertThat(alone.body()).contains("REFUSED", "resume the key");
		String resume = "{\"operation\":\"resume\",\"destination\":\"kafka:orders\",\"key\":\"k\"}";
		assertThat(application.post("idempotency/outbox", resume).statusCode()).isEqualTo(200);
		assertThat(application.post("idempotency/outbox", resume).statusCode()).isEqualTo(404);
		assertThat(rows("idempotency_outbox")).isEqualTo(1);
		assertThat(this.audited).hasSize(3);
	}

	@Test
	void outgoingMessageIsSentAgain() {
		String id = outboxParked(null);
		assertThat(
				application.post("idempotency/outbox", "{\"operation\":\"resend\",\"id\":\"" + id + "\"}").statusCode())
			.isEqualTo(200);
		assertThat(rows("idempotency_outbox_parked")).isZero();
	}

	@Test
	void poisonIsGivenUpAndItsKeyGoesOn() {
		String id = outboxParked("k");
		String json = "{\"operation\":\"discard\",\"id\":\"" + id + "\"}";
		HttpResponse<String> discarded = application.post("idempotency/outbox", json);
		assertThat(discarded.statusCode()).isEqualTo(200);
		assertThat(discarded.body()).contains("message m1 to kafka:orders is given up");
		assertThat(application.post("idempotency/outbox", json).statusCode()).isEqualTo(404);
		assertThat(rows("idempotency_halted_key")).isEqualTo(1);
		HttpResponse<String> resumed = application.post("idempotency/outbox",
				"{\"operation\":\"resume\",\"destination\":\"kafka:orders\",\"key\":\"k\"}");
		assertThat(resumed.body()).contains("\"messages\":0");
		assertThat(rows("idempotency_outbox")).isZero();
		assertThat(this.audited).hasSize(3);
	}

	@Test
	void whatIsInDoubtIsListedWithItsIdentity() {
		assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> application.bean(EffectTemplate.class)
			.execute(EffectContract.EXTERNAL_AT_MOST_ONCE, "confirm-order", "order-42", null, () -> {
				throw new IllegalStateException("cut off");
			}));
		InDoubtEffect doubt = application.bean(InDoubtEffects.class).oldest(1).get(0);
		assertThat(application.get("idempotency/in-doubt").body()).contains("\"id\":\"" + doubt.id() + "\"",
				"\"flow\":\"confirm-order\"", "\"source\":\"" + doubt.key().source() + "\"",
				"\"effectId\":\"order-42\"", "\"contract\":\"EXTERNAL_AT_MOST_ONCE\"", "\"attempts\":1", "\"since\":\"",
				"cut off");
	}

	@Test
	void effectInDoubtIsDecidedOnceAndTheRowSaysByWhom() {
		assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> application.bean(EffectTemplate.class)
			.execute(EffectContract.EXTERNAL_AT_MOST_ONCE, "mail", "42", null, () -> {
				throw new IllegalStateException("no answer");
			}));
		String json = "{\"operation\":\"happened\",\"id\":\""
				+ application.bean(InDoubtEffects.class).oldest(1).get(0).id() + "\"}";
		assertThat(application.post("idempotency/in-doubt", json).statusCode()).isEqualTo(200);
		assertThat(application.post("idempotency/in-doubt", json).statusCode()).isEqualTo(404);
		assertThat(application.jdbc().queryForList("SELECT status, reason FROM idempotency_claim")).singleElement()
			.satisfies((row) -> assertThat(row).containsEntry("STATUS", "COMPLETED")
				.containsEntry("REASON", "HAPPENED by anonymous"));
		assertThat(this.audited).extracting((event) -> event.getData().get("result").toString().split(":")[0])
			.containsExactly("DONE", "UNKNOWN");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"operation\":\"replay\"}", "{\"operation\":\"drop\",\"id\":\"1\"}",
			"{\"operation\":\"replay\",\"flow\":\"inventory\"}",
			"{\"operation\":\"replay\",\"flow\":\"inventory\",\"limit\":0}",
			"{\"operation\":\"replay\",\"flow\":\"inventory\",\"limit\":1001}",
			"{\"operation\":\"replay\",\"id\":\"1\",\"flow\":\"inventory\",\"limit\":1}",
			"{\"operation\":\"resume\",\"destination\":\"kafka:orders\",\"key\":\"k\"}" })
	void whatCannotBeUnderstoodIsABadRequest(String json) {
		park(application, "inventory", 1);
		HttpResponse<String> response = application.post("idempotency/parked", json);
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(response.body()).contains("POST to 'parked' takes", "discard", "POST to 'outbox' takes", "resume");
		assertThat(rows("idempotency_outbox")).isZero();
		assertThat(this.audited).isEmpty();
	}

	@Test
	void partsThatOnlyShowCannotBeChanged() {
		assertThat(application.post("idempotency/catalogue", "{\"operation\":\"replay\",\"id\":\"1\"}").statusCode())
			.isEqualTo(400);
	}

	private static void park(ActuatorApplication target, String flow, int count) {
		for (int number = 1; number <= count; number++) {
			target.bean(ParkingLot.class)
				.park(new ParkedMessage(flow, ParkedMessage.Reason.ATTEMPTS_EXHAUSTED, "kafka", "orders",
						"orders-0@" + number, "k", Map.of(), new byte[] { 1 }, 2, "declined",
						new EffectKey(flow, "shop", "e" + number)));
		}
	}

	/**
	 * Lets the relay's store park a message, as the relay would.
	 */
	private static String outboxParked(@Nullable String key) {
		int lane = Lanes.of(key, "m1");
		OutboxStore outbox = application.bean(OutboxStore.class);
		application.bean(TransactionTemplate.class)
			.executeWithoutResult((status) -> outbox.insert(new OutboxRecord(0, lane, "m1", "kafka:orders", null, key,
					"t", "s", Instant.EPOCH, Map.of(), "text/plain", new byte[] { 1 }, 0)));
		DataSource tables = application.bean(DataSource.class);
		JdbcRelayStore relay = new JdbcRelayStore(tables, Dialect.H2, "test");
		Lease lease = new JdbcLaneStore(tables, Dialect.H2).acquire("test", List.of(lane), Duration.ofMinutes(1))
			.get(0);
		OutboxRecord message = relay.read("kafka:orders", List.of(lease), 1).messages().get(0);
		relay.park(lease, message, "refused", true);
		return String.valueOf(message.position());
	}

	private static int rows(String table) {
		Integer rows = application.jdbc().queryForObject("SELECT COUNT(*) FROM " + table, Integer.class);
		return (rows != null) ? rows : -1;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		final List<AuditEvent> audited = new CopyOnWriteArrayList<>();

		@EventListener
		void on(AuditApplicationEvent event) {
			this.audited.add(event.getAuditEvent());
		}

	}

}
