// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Envelope;
import dev.idempotency.delivery.Delivery;
import dev.idempotency.delivery.MemoryReplays;
import dev.idempotency.delivery.MessageIdentities;
import dev.idempotency.delivery.MessageIdentity;
import dev.idempotency.delivery.ParkedMessage;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.InvalidIdentityException;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.outbox.OutboxRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.support.DefaultMessagePropertiesConverter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a flow sees of a message that was set aside and replayed.
 */
class ReplayedMessageTests {

	private static final FlowPolicy.Identity POLICY = new FlowPolicy.Identity("x-id", false);

	@Test
	void identityIsTheSameWhateverKindItWas() {
		MessageProperties event = new MessageProperties();
		event.setHeader("cloudEvents_id", "e1");
		event.setHeader("cloudEvents:source", "/shop");
		assertSameIdentity(MessageIdentity.Kind.CLOUD_EVENT, event);
		MessageProperties header = new MessageProperties();
		header.setHeader("x-id", "h1");
		assertSameIdentity(MessageIdentity.Kind.HEADER, header);
		MessageProperties messageId = new MessageProperties();
		messageId.setMessageId("m1");
		assertSameIdentity(MessageIdentity.Kind.MESSAGE_ID, messageId);
	}

	@Test
	void messageIsWhatItWasButForItsAddressee() {
		MessageProperties original = new MessageProperties();
		original.setHeader("cloudEvents:id", "x".repeat(300));
		original.setHeader("cloudEvents:source", "/shop");
		original.setHeader("cloudEvents:type", "order.created");
		original.setHeader("cloudEvents:time", "2026-01-01T00:00:00Z");
		original.setHeader("cloudEvents:subject", "42");
		original.setHeader("tenant", "7");
		original.setContentType("application/json");
		original.setContentEncoding("gzip");
		original.setMessageId("m1");
		original.setType("created");
		original.setCorrelationId("c1");
		original.setReplyTo("answers");
		original.setAppId("shop");
		Publication replay = replay(original);
		assertThat(replay.problem()).isNull();
		assertThat(replay.exchange()).isEmpty();
		assertThat(replay.routingKey()).isEqualTo("orders");
		assertThat(replay.body()).containsExactly(1, 2);
		MessageProperties received = received(replay.properties());
		assertThat(received.getHeaders())
			.containsOnlyKeys("cloudEvents:id", "cloudEvents:source", "cloudEvents:type", "cloudEvents:time",
					"cloudEvents:subject", "cloudEvents:specversion", "tenant", Delivery.FLOW_HEADER)
			.containsEntry("cloudEvents:type", "order.created")
			.containsEntry("cloudEvents:time", "2026-01-01T00:00:00Z")
			.containsEntry(Delivery.FLOW_HEADER, "flow");
		assertThat(received).usingRecursiveComparison()
			.comparingOnlyFields("contentType", "contentEncoding", "messageId", "type", "correlationId", "replyTo",
					"appId")
			.isEqualTo(original);
		assertThat(replay.properties().getDeliveryMode()).isEqualTo(2);
	}

	@Test
	void whatOnlyTheBrokerMayWriteIsLeftOut() {
		MessageProperties original = new MessageProperties();
		original.setContentType(null);
		original.setHeader("CC", "others");
		original.setHeader("x-death", "[{count=1}]");
		original.setHeader("x-first-death-queue", "orders");
		original.setHeader("x-delivery-count", 3);
		Publication replay = replay(original);
		assertThat(replay.problem()).isNull();
		assertThat(replay.properties().getHeaders()).doesNotContainKeys("CC", "x-death", "x-first-death-queue",
				"x-delivery-count");
		assertThat(replay.properties().getContentType()).isNull();
		assertThat(replay.properties().getMessageId()).isNull();
	}

	private static void assertSameIdentity(MessageIdentity.Kind kind, MessageProperties original) {
		MessageIdentity before = MessageIdentities.of(delivery(original), POLICY);
		assertThat(before.kind()).isEqualTo(kind);
		MessageIdentity after = MessageIdentities.of(delivery(received(replay(original).properties())), POLICY);
		assertThat(after.kind()).isEqualTo(MessageIdentity.Kind.CLOUD_EVENT);
		assertThat(after.key("flow")).isEqualTo(before.key("flow"));
	}

	private static Publication replay(MessageProperties original) {
		Delivery delivery = delivery(original);
		OutboxRecord record = MemoryReplays.replayed(new ParkedMessage("flow", ParkedMessage.Reason.ATTEMPTS_EXHAUSTED,
				delivery.transport(), delivery.channel(), delivery.position(), delivery.key(), delivery.headers(),
				delivery.original().get().body(), 3, "declined", identity(delivery)));
		return new Publication(record);
	}

	private static @Nullable EffectKey identity(Delivery delivery) {
		try {
			return MessageIdentities.of(delivery, POLICY).key("flow");
		}
		catch (InvalidIdentityException ex) {
			return null;
		}
	}

	private static MessageProperties received(AMQP.BasicProperties properties) {
		return new DefaultMessagePropertiesConverter().toMessageProperties(properties,
				new Envelope(1, false, "", "orders"), "UTF-8");
	}

	private static Delivery delivery(MessageProperties properties) {
		properties.setConsumerQueue("orders");
		return DeliveredMessage.read(new Message(new byte[] { 1, 2 }, properties));
	}

}
