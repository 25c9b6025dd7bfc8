// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import java.util.Map;

import dev.idempotency.effect.EffectKey;
import dev.idempotency.outbox.OutboxException;
import dev.idempotency.outbox.OutboxRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReplaysTests {

	private static final EffectKey IDENTITY = new EffectKey("inventory", "shop", "e1");

	private final MemoryReplays memory = new MemoryReplays();

	private final Replays replays = this.memory.replays;

	@Test
	void recordGoesBackToItsTopicWithKeyHeadersAndIdentity() {
		OutboxRecord sent = MemoryReplays.replayed(message("kafka", "orders", IDENTITY));
		assertThat(sent.destination()).isEqualTo("kafka:orders");
		assertThat(sent.route()).isNull();
		assertThat(sent.key()).isEqualTo("key");
		assertThat(sent.source()).isEqualTo("shop");
		assertThat(sent.id()).isEqualTo("e1");
		assertThat(sent.headers()).containsExactlyInAnyOrderEntriesOf(
				Map.of("tenant", "a", "content-type", "text/plain", Delivery.FLOW_HEADER, "inventory"));
		assertThat(sent.contentType()).isEqualTo("text/plain");
		assertThat(sent.body()).containsExactly(1, 2);
		assertThat(sent.isReplay()).isTrue();
	}

	@Test
	void messageOfAQueueGoesBackIntoThatQueuePastAllOthers() {
		OutboxRecord sent = MemoryReplays.replayed(message("rabbit", "shop.inventory", IDENTITY));
		assertThat(sent.destination()).isEqualTo("rabbit:");
		assertThat(sent.route()).isEqualTo("shop.inventory");
		assertThat(sent.key()).as("routing keys keep no order").isNull();
	}

	@Test
	void messageWithoutIdentityGetsOneThatStaysTheSame() {
		OutboxRecord first = MemoryReplays.replayed(message("kafka", "orders", null));
		assertThat(first.source()).isEqualTo(Replays.SOURCE);
		assertThat(first.id()).hasSize(64).isEqualTo(MemoryReplays.replayed(message("kafka", "orders", null)).id());
		assertThat(MemoryReplays.replayed(message("kafka", "other", null)).id()).isNotEqualTo(first.id());
	}

	@Test
	void relayIsWokenForWhatWasSentAndTheSameMessageIsSentOnce() {
		this.memory.parked.put("1", message("kafka", "orders", IDENTITY));
		assertThat(this.replays.replay("1")).isEqualTo(new Replay.Sent("inventory", "kafka:orders", "shop", "e1"));
		assertThat(this.replays.replay("1")).isEqualTo(new Replay.Unknown());
		assertThat(this.memory.waiting).hasSize(1);
		assertThat(this.memory.woken).containsExactly("kafka:orders");
	}

	@Test
	void messageTheOutboxRefusesStaysSetAside() {
		this.memory.parked.put("1", message("kafka", "orders", IDENTITY));
		this.memory.failure = new OutboxException("The key is too long");
		assertThat(this.replays.replay("1")).isEqualTo(new Replay.Refused("The key is too long"));
		assertThat(this.memory.parked).containsOnlyKeys("1");
		assertThat(this.memory.woken).isEmpty();
	}

	@Test
	void messageOfATransportThatIsNotHereStaysSetAside() {
		this.memory.parked.put("1", message("pulsar", "orders", IDENTITY));
		assertThat(this.replays.replay("1")).isInstanceOfSatisfying(Replay.Refused.class,
				(refused) -> assertThat(refused.reason()).contains("No transport 'pulsar'", "[kafka, rabbit]"));
		assertThat(this.memory.parked).containsOnlyKeys("1");
	}

	@Test
	void manyAreReplayedOldestFirstAndARefusalStopsNoOther() {
		this.memory.parked.put("1", message("kafka", "first", IDENTITY));
		this.memory.parked.put("2", message("pulsar", "orders", IDENTITY));
		this.memory.parked.put("3", message("kafka", "third", IDENTITY));
		this.memory.parked.put("4", message("kafka", "fourth", IDENTITY));
		Replay.Summary summary = this.replays.replay("inventory", 3);
		assertThat(summary.sent()).isEqualTo(2);
		assertThat(summary.refused()).isEqualTo(1);
		assertThat(summary.firstReason()).contains("pulsar");
		assertThat(this.memory.waiting).extracting(OutboxRecord::destination)
			.containsExactly("kafka:first", "kafka:third");
		assertThat(this.replays.replay("shipping", 3)).isEqualTo(new Replay.Summary(0, 0, ""));
	}

	private static ParkedMessage message(String transport, String channel, @Nullable EffectKey identity) {
		return new ParkedMessage("inventory", ParkedMessage.Reason.ATTEMPTS_EXHAUSTED, transport, channel,
				channel + "-0@42", "key",
				Map.of("tenant", "a", "content-type", "text/plain", Delivery.FLOW_HEADER, "another"),
				new byte[] { 1, 2 }, 3, "declined", identity);
	}

}
