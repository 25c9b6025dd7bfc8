// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import dev.idempotency.delivery.CurrentDelivery;
import dev.idempotency.delivery.Delivery;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.effect.InvalidIdentityException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.scheduling.annotation.Scheduled;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class EffectIdentitiesTests {

	private static AnnotationConfigApplicationContext context;

	private Handlers handlers;

	private Events events;

	@BeforeAll
	static void start() {
		context = EffectApplication.start(Handlers.class);
	}

	@AfterAll
	static void stop() {
		context.close();
	}

	@BeforeEach
	void prepare() {
		this.handlers = context.getBean(Handlers.class);
		this.events = context.getBean(Events.class);
		this.events.all().clear();
		context.getBean(JdbcTemplate.class).update("delete from claim");
	}

	@AfterEach
	void clear() {
		CurrentDelivery.clear();
	}

	@Test
	void messageIdentifiesAMethodWithoutKey() {
		CurrentDelivery.set(cloudEvent("17", "{}"));
		this.handlers.plain("a");
		assertKeys(new EffectKey("plain", "/orders", "17"));
	}

	@Test
	void headerOfTheFlowsPolicyIdentifies() {
		CurrentDelivery.set(delivery(Map.of("order-id", "18"), Map.of(), "{}"));
		this.handlers.plain("a");
		assertKeys(new EffectKey("plain", "header:order-id", "18"));
	}

	@Test
	void redeliveryWithOtherArgumentsButTheSameContentIsADuplicate() {
		CurrentDelivery.set(cloudEvent("17", "{}"));
		this.handlers.plain("offset 1");
		CurrentDelivery.set(cloudEvent("17", "{}"));
		this.handlers.plain("offset 2");
		assertThat(this.events.of(EffectEvent.Duplicate.class)).hasSize(1);
	}

	@Test
	void keyedListenerIsFingerprintedByTheMessageNotByItsArguments() {
		CurrentDelivery.set(cloudEvent("17", "{}"));
		this.handlers.listen("42", 1);
		CurrentDelivery.set(cloudEvent("17", "{}"));
		this.handlers.listen("42", 2);
		assertThat(this.events.of(EffectEvent.Duplicate.class)).hasSize(1);
	}

	@Test
	void callOutsideOfAMessageWithoutKeyIsRefused() {
		assertRefused(() -> this.handlers.plain("a"), Handlers.class.getName() + ".plain(String) of flow 'plain'",
				"was called outside of a message and has no key", "give @ExactlyOnceEffect a key expression");
	}

	@Test
	void messageWithoutIdentityIsRefused() {
		CurrentDelivery.set(delivery(Map.of(), Map.of(), "{}"));
		assertRefused(() -> this.handlers.plain("a"), "orders-0@42", "has no usable identity");
	}

	@Test
	void oneMessageIdentifiesOneCallSoThatALoopLosesNothing() {
		CurrentDelivery.set(cloudEvent("17", "{}"));
		this.handlers.plain("line 1");
		assertRefused(() -> this.handlers.plain("line 2"),
				"already identifies another call of " + Handlers.class.getName() + ".plain(String)",
				"give @ExactlyOnceEffect a key expression that tells the calls apart");
	}

	@Test
	void retryOfTheSameCallWithinOneDeliveryIsTheSameEffect() {
		CurrentDelivery.set(cloudEvent("17", "{}"));
		this.handlers.plain("line 1");
		this.handlers.plain("line 1");
		assertThat(this.events.of(EffectEvent.Duplicate.class)).hasSize(1);
	}

	@Test
	void nullAndBlankKeysAreRefusedByMethodExpressionAndType() {
		assertRefused(() -> this.handlers.byId(null),
				"Key expression '#id' of " + Handlers.class.getName() + ".byId(String)", "in flow 'by id' yields null");
		assertRefused(() -> this.handlers.byId(" "), "yields a blank java.lang.String");
	}

	@Test
	void entityAndArrayKeysAreRefused() {
		assertRefused(() -> this.handlers.byObject(new Object()), "yields a java.lang.Object", "no stable text form",
				"name a property of it");
		assertRefused(() -> this.handlers.byObject(new int[] { 1 }), "yields a int[]");
	}

	@Test
	void failingExpressionIsRefused() {
		assertRefused(() -> this.handlers.byProperty("text"), "Key expression '#value.missing'", "cannot be evaluated",
				"missing");
	}

	@Test
	void oversizedKeyIsRefused() {
		assertRefused(() -> this.handlers.byId("x".repeat(1025)), "Key expression '#id'", "has 1025 characters");
	}

	@Test
	void headersOutsideOfAMessageAreRefused() {
		assertRefused(() -> this.handlers.byHeader("a"), "(outside of a message, #headers and #delivery are null)");
	}

	@Test
	void headersAndDeliveryCanBeNamed() {
		CurrentDelivery.set(delivery(Map.of("tenant", "acme"), Map.of(), "{}"));
		this.handlers.byHeader("a");
		this.handlers.byDelivery("a");
		assertKeys(new EffectKey("by header", "by header", "acme"),
				new EffectKey("by delivery", "by delivery", "4:acme11:orders-0@42"));
	}

	@Test
	void partsArePrefixedWithTheirLength() {
		this.handlers.byParts("a", "bc");
		this.handlers.byParts("ab", "c");
		assertKeys(new EffectKey("by parts", "by parts", "1:a2:bc"), new EffectKey("by parts", "by parts", "2:ab1:c"));
	}

	@Test
	void projectionOverItemsIsAKey() {
		this.handlers.byItems(List.of(new Item("a"), new Item("b")));
		assertKeys(new EffectKey("by items", "by items", "1:a1:b"));
	}

	@Test
	void scheduledMethodIsIdentifiedByTheTimeOfTheClock() {
		this.handlers.daily();
		this.handlers.daily();
		assertKeys(new EffectKey("daily", "daily", "4:20262:63"));
		assertThat(this.events.of(EffectEvent.Duplicate.class)).hasSize(1);
	}

	@Test
	void idsThatDifferInCaseOrATrailingBlankAreDifferentEffects() {
		this.handlers.byId("a");
		this.handlers.byId("A");
		this.handlers.byId("a ");
		assertThat(this.events.of(EffectEvent.Completed.class)).hasSize(3);
	}

	private void assertKeys(EffectKey... keys) {
		assertThat(this.events.of(EffectEvent.Completed.class)).extracting(EffectEvent.Completed::key)
			.containsExactly(keys);
	}

	private void assertRefused(Runnable call, String... parts) {
		this.events.all().clear();
		assertThatExceptionOfType(InvalidIdentityException.class).isThrownBy(call::run).satisfies((ex) -> {
			assertThat(ex.getMessage()).contains(parts);
			assertThat(this.events.all()).singleElement()
				.isInstanceOfSatisfying(EffectEvent.Refused.class,
						(refused) -> assertThat(refused.reason()).isEqualTo(ex.getMessage()));
		});
	}

	private static Delivery cloudEvent(String id, String content) {
		return delivery(Map.of(), Map.of("id", id, "source", "/orders"), content);
	}

	private static Delivery delivery(Map<String, String> headers, Map<String, String> attributes, String content) {
		return new Delivery("kafka", "orders", "orders-0@42", true, null, "key", headers, attributes, content,
				() -> new Delivery.Original(content.getBytes(StandardCharsets.UTF_8)), false);
	}

	record Item(String sku) {
	}

	static class Handlers {

		@ExactlyOnceEffect(flow = "plain")
		public void plain(String value) {
		}

		@KafkaListener(topics = "orders", autoStartup = "false")
		@ExactlyOnceEffect(flow = "listening", key = "#id")
		public void listen(String id, int offset) {
		}

		@ExactlyOnceEffect(flow = "by id", key = "#id")
		public void byId(String id) {
		}

		@ExactlyOnceEffect(flow = "by object", key = "#value")
		public void byObject(Object value) {
		}

		@ExactlyOnceEffect(flow = "by property", key = "#value.missing")
		public void byProperty(Object value) {
		}

		@ExactlyOnceEffect(flow = "by header", key = "#headers['tenant']")
		public void byHeader(String value) {
		}

		@ExactlyOnceEffect(flow = "by delivery", key = "{#headers['tenant'], #delivery.position}")
		public void byDelivery(String value) {
		}

		@ExactlyOnceEffect(flow = "by parts", key = "{#p0, #b}")
		public void byParts(String a, String b) {
		}

		@ExactlyOnceEffect(flow = "by items", key = "#items.![sku]")
		public void byItems(List<Item> items) {
		}

		@Scheduled(cron = "-")
		@ExactlyOnceEffect(flow = "daily", key = "{#now.year, #now.dayOfYear}")
		public void daily() {
		}

	}

}
