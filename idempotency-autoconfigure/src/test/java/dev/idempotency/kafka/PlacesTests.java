// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

import dev.idempotency.delivery.Delivery;
import dev.idempotency.effect.Position;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.inbox.Progress;
import dev.idempotency.inbox.Stream;
import dev.idempotency.inbox.StreamKeeper;
import dev.idempotency.outbox.StreamPosition;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PlacesTests {

	private static final TopicPartition PARTITION = new TopicPartition("orders", 0);

	private final MockConsumer<String, String> consumer = new MockConsumer<>("earliest");

	private final Keeper keeper = new Keeper();

	private final Places places = new Places("flow", new InboxChoice(true, true, ""),
			new FlowPolicy.Identity(null, true), this.keeper, (names) -> ids());

	private Uuid id = Uuid.randomUuid();

	private boolean away;

	@BeforeEach
	void assign() {
		this.consumer.assign(List.of(PARTITION));
		this.consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
		this.consumer.updateEndOffsets(Map.of(PARTITION, 500L));
	}

	@Test
	void aRecordWithoutIdHasItsOffsetInTheTopicItIsIn() {
		assertThat(place(7, Map.of())).isEqualTo(new Position.Offset("kafka:orders:" + this.id + ":0", 3, 7));
	}

	@Test
	void whatHasAnIdentityOfItsOwnHasNoPlace() {
		assertThat(place(7, Map.of("ce_id", "a", "ce_source", "/shop"))).isNull();
		assertThat(place(7, Map.of(Delivery.FLOW_HEADER, "flow"))).isNull();
		assertThat(place(7, Map.of("kafka_original-offset", "1"))).isNull();
	}

	@Test
	void aNumberedMessageHasItsNumber() {
		assertThat(place(7, numbered(4))).isEqualTo(Position.Sequence.of("/shop", "s", "e", 4));
	}

	@Test
	void aReplayIsAccountedForAndDecidedByItsId() {
		Map<String, String> headers = numbered(4);
		headers.put(Delivery.FLOW_HEADER, "flow");
		assertThat(place(7, headers)).isNull();
		assertThat(this.keeper.passed).containsExactly(Position.Sequence.of("/shop", "s", "e", 4));
	}

	@Test
	void aHeartbeatSaysWhichNumberIsNext() {
		Map<String, String> headers = numbered(4);
		headers.put("ce_type", "dev.idempotency.heartbeat");
		headers.put("ce_nextsequence", headers.remove("ce_sequence"));
		skip(7, headers);
		assertThat(this.keeper.heard).containsExactly(4L);
		assertThat(this.keeper.passed).isEmpty();
	}

	@Test
	void belowWhatKeysMayHaveDecidedTheyDecide() {
		this.keeper.consumedByKeys = true;
		assertThat(place(499, Map.of())).isNull();
		assertThat(place(499, numbered(4))).isNull();
		assertThat(place(500, Map.of())).isNotNull();
	}

	/**
	 * The topic may have been made again without a rebalance.
	 */
	@Test
	void anOffsetLowerThanTheLastAsksForTheTopicAgain() {
		Position before = place(7, Map.of());
		this.id = Uuid.randomUuid();
		assertThat(place(8, Map.of())).extracting(Position::stream).isEqualTo(before.stream());
		assertThat(place(0, Map.of())).isEqualTo(new Position.Offset("kafka:orders:" + this.id + ":0", 3, 0));
		assertThat(this.keeper.forgotten).containsExactly(new Stream("flow", before.stream()));
	}

	@Test
	void aStreamThatCannotBeTakenLetsItsRecordsWait() {
		this.away = true;
		assertThat(place(7, Map.of())).extracting(Position::stream).isEqualTo("unknown");
		assertThat(place(7, numbered(4))).extracting(Position::stream).isEqualTo("unknown");
		this.away = false;
		assertThat(place(7, Map.of())).extracting(Position::stream).isNotEqualTo("unknown");
	}

	@Test
	void aConsumerGoesOnAtThePositionIfThatIsAhead() {
		this.keeper.position = 100;
		this.consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(60)));
		this.consumer.seek(PARTITION, new OffsetAndMetadata(60, Optional.empty(), ""));
		this.places.assigned(this.consumer, List.of(PARTITION));
		assertThat(this.consumer.position(PARTITION)).isEqualTo(100);
	}

	@Test
	void aConsumerNeverGoesBack() {
		this.keeper.position = 20;
		this.consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(60)));
		this.consumer.seek(PARTITION, new OffsetAndMetadata(60, Optional.empty(), ""));
		this.places.assigned(this.consumer, List.of(PARTITION));
		assertThat(this.consumer.position(PARTITION)).isEqualTo(60);
	}

	@Test
	void anAssignmentTakesTheStreamAnewAndARevocationForgetsIt() {
		this.places.assigned(this.consumer, List.of(PARTITION));
		this.places.assigned(this.consumer, List.of(PARTITION));
		assertThat(this.keeper.forgotten).hasSize(1);
		place(1, numbered(1));
		this.places.revoked(List.of(PARTITION));
		assertThat(this.keeper.forgotten).hasSize(3);
	}

	private Position place(long offset, Map<String, String> headers) {
		Delivery delivery = Deliveries.describer().of(Deliveries.record(offset, "k", "v", headers), false);
		return this.places.place(delivery, PARTITION, offset, 3, this.consumer).place();
	}

	private void skip(long offset, Map<String, String> headers) {
		Delivery delivery = Deliveries.describer().of(Deliveries.record(offset, "k", "v", headers), false);
		assertThat(delivery.addressedTo("flow")).isFalse();
		this.places.skip(delivery, PARTITION, offset, this.consumer);
	}

	private static Map<String, String> numbered(long number) {
		Map<String, String> headers = new HashMap<>(Map.of("ce_id", "a", "ce_source", "/shop"));
		new StreamPosition("s", "e", number).attributes().forEach((name, text) -> headers.put("ce_" + name, text));
		return headers;
	}

	private Map<String, Uuid> ids() {
		if (this.away) {
			throw new KafkaException("away");
		}
		return Map.of("orders", this.id);
	}

	private static final class Keeper implements StreamKeeper {

		private final List<Position> passed = new ArrayList<>();

		private final List<Long> heard = new ArrayList<>();

		private final List<Stream> forgotten = new ArrayList<>();

		private boolean consumedByKeys;

		private long position;

		@Override
		public Progress own(Stream stream, LongSupplier end) {
			return new Progress(1, 3, this.position, this.consumedByKeys ? end.getAsLong() : 0, List.of());
		}

		@Override
		public void pass(Stream stream, Position place) {
			this.passed.add(place);
		}

		@Override
		public void heard(Stream stream, long next) {
			this.heard.add(next);
		}

		@Override
		public void forget(Stream stream) {
			this.forgotten.add(stream);
		}

		@Override
		public void leave(String flow) {
			throw new UnsupportedOperationException();
		}

	}

}
