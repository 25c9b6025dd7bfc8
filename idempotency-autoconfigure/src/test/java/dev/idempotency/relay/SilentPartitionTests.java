// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

import dev.idempotency.outbox.Lanes;
import dev.idempotency.outbox.OutboxRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One partition of a topic gives no answer: each message to it fails after half a minute.
 * That stops its own messages and no others.
 */
class SilentPartitionTests {

	private static final Duration LONG = Duration.ofHours(10);

	private final HandTime time = new HandTime();

	private final FakeStore store = new FakeStore(this.time::now);

	private final SnapshotLog log = new SnapshotLog(this.store, Mutant.NONE);

	private final LaneTable lanes = new LaneTable(this.time::now);

	private final List<RelayEvent> events = new ArrayList<>();

	private final Set<Long> sound = new TreeSet<>();

	private final PumpParts parts = new PumpParts(this.store, this.log.of(() -> {
	}, (limit) -> limit), this.lanes, new Transports(List.of(new Partitions())), RelaySettings.defaults(),
			this.events::add, this.time.timing(), new Shutdown(this.time::now), () -> {
			}, Runnable::run);

	private final DestinationRelay relay = new DestinationRelay("fake:a", this.parts,
			new DestinationState("fake:a", this.parts), this.parts.timing().signals().create());

	private boolean silent = true;

	private int keys;

	private int sends;

	@BeforeEach
	void hold() {
		this.lanes.hold(this.store.acquire("me", IntStream.range(0, Lanes.COUNT).boxed().toList(), LONG),
				LONG.toNanos());
	}

	@Test
	void theOthersAreSentAllTheTime() {
		for (int page = 0; page < 5; page++) {
			write(500, 8, 0);
			assertThat(timeToSend()).as("page %d", page).isLessThan(Duration.ofMinutes(2));
		}
	}

	@Test
	void theOthersAreSentAllTheTimeWhateverTheirKeys() {
		for (int page = 0; page < 5; page++) {
			write(500, 8, page);
			assertThat(timeToSend()).as("page %d", page).isLessThan(Duration.ofMinutes(2));
		}
	}

	@Test
	void onceSetAsideItsMessagesHoldUpNothing() {
		write(500, 8, 0);
		timeToSend();
		for (int page = 0; page < 100; page++) {
			write(10, 8, 0);
			assertThat(timeToSend()).as("page %d", page).isLessThan(Duration.ofSeconds(3));
			pass(Duration.ofSeconds(5));
		}
		assertThat(this.sends).as("sends to the partition").isLessThan(40);
	}

	@Test
	void itsMessagesAreSentOnceItAnswers() {
		for (int page = 0; page < 3; page++) {
			write(500, 8, page);
			timeToSend();
		}
		this.silent = false;
		pass(Duration.ofMinutes(2));
		assertThat(this.store.waiting).isEmpty();
		assertThat(this.store.settled).hasSize(3 * 508);
	}

	private void write(int others, int stuck, int generation) {
		for (int number = 0; number < others; number++) {
			this.sound.add(write("s" + this.keys++).position());
			if (number < stuck) {
				write("stuck " + generation + " " + number);
			}
		}
	}

	private OutboxRecord write(String key) {
		OutboxRecord row = this.store.insert(Messages.message("fake:a", key, "m"));
		this.log.commit(row);
		return row;
	}

	private Duration timeToSend() {
		long begin = this.time.now();
		while (!this.store.settled.containsAll(this.sound)) {
			pump();
		}
		return Duration.ofNanos(this.time.now() - begin);
	}

	private void pass(Duration time) {
		long end = this.time.now() + time.toNanos();
		while (this.time.now() < end) {
			pump();
		}
	}

	private void pump() {
		long wait = this.relay.runOnce(false).nanos();
		this.time.pass(Duration.ofNanos(Math.min(wait, Duration.ofSeconds(1).toNanos())));
	}

	private final class Partitions implements Transport {

		@Override
		public String name() {
			return "fake";
		}

		@Override
		public CompletionStage<SendResult> send(OutboxRecord message) {
			String key = String.valueOf(message.key());
			boolean lost = key.startsWith("stuck") && SilentPartitionTests.this.silent;
			SilentPartitionTests.this.sends += lost ? 1 : 0;
			CompletableFuture<SendResult> answer = new CompletableFuture<>();
			SilentPartitionTests.this.time.after(lost ? Duration.ofSeconds(30) : Duration.ofMillis(1), () -> answer
				.complete(lost ? new SendResult.Unavailable(ScriptedTransport.CAUSE) : new SendResult.Confirmed()));
			return answer;
		}

	}

}
