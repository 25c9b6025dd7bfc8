// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

import dev.idempotency.outbox.Lanes;
import dev.idempotency.outbox.OutboxRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A lane that is to be handed over is used by nobody until a silent destination gives it
 * back, which it does soon: other destinations have messages in it, too.
 */
class HandOverTests {

	private static final Duration LONG = Duration.ofHours(1);

	private final HandTime time = new HandTime();

	private final FakeStore store = new FakeStore(this.time::now);

	private final LaneTable lanes = new LaneTable(this.time::now);

	private Duration trip = Duration.ofMillis(1);

	private long handedOver;

	@BeforeEach
	void hold() {
		this.lanes.hold(this.store.acquire("me", IntStream.range(0, Lanes.COUNT).boxed().toList(), LONG),
				LONG.toNanos());
	}

	@ParameterizedTest
	@CsvSource({ "true,PT30S,2", "true,PT0.001S,20", "false,PT30S,2", "false,PT0.001S,20" })
	void aSilentDestinationGivesItsLanesBackSoon(boolean withLog, Duration trip, int when) {
		this.trip = trip;
		SnapshotLog log = new SnapshotLog(this.store, Mutant.NONE);
		for (String key : List.of("a", "b", "lost 1", "lost 2", "lost 3", "lost 4", "lost 5")) {
			OutboxRecord row = this.store.insert(Messages.message("fake:a", key, key));
			if (withLog) {
				log.commit(row);
			}
			else {
				this.store.commit(row);
			}
		}
		DestinationRelay relay = relay(withLog ? log.of(() -> {
		}, (limit) -> limit) : null);
		Duration asked = Duration.ofSeconds(when);
		this.time.after(asked, this::handOver);
		while (this.handedOver == 0) {
			Wait wait = relay.runOnce(true);
			this.time.pass(Duration.ofNanos(Math.min(wait.nanos(), Duration.ofMinutes(1).toNanos())));
		}
		assertThat(this.handedOver).isLessThan(asked.plusSeconds(7).toNanos());
		assertThat(this.store.settled).hasSize(2);
	}

	@Test
	void aPageThatLostItsLanesIsClosedAtOnce() {
		this.lanes.hold(this.store.acquire("me", IntStream.range(0, Lanes.COUNT).boxed().toList(), LONG),
				Duration.ofSeconds(2).toNanos());
		SnapshotLog log = new SnapshotLog(this.store, Mutant.NONE);
		log.commit(this.store.insert(Messages.message("fake:a", "a", "a")));
		log.commit(this.store.insert(Messages.message("fake:a", "lost 1", "lost 1")));
		DestinationRelay relay = relay(log.of(() -> {
		}, (limit) -> limit));
		Wait wait = relay.runOnce(true);
		assertThat(relay.begun()).isTrue();
		while (relay.begun()) {
			this.time.pass(Duration.ofNanos(wait.nanos()));
			wait = relay.runOnce(true);
		}
		assertThat(this.time.now()).isLessThan(Duration.ofSeconds(4).toNanos());
	}

	private void handOver() {
		this.lanes.keepOnly(Set.of(1));
		if (this.lanes.size() == 1 && this.handedOver == 0) {
			this.handedOver = this.time.now();
		}
	}

	private DestinationRelay relay(@Nullable OutboxLog log) {
		Transport transport = new Transport() {

			@Override
			public String name() {
				return "fake";
			}

			@Override
			public CompletionStage<SendResult> send(OutboxRecord message) {
				CompletableFuture<SendResult> answer = new CompletableFuture<>();
				if (message.id().startsWith("lost")) {
					HandOverTests.this.time.after(HandOverTests.this.trip,
							() -> answer.complete(new SendResult.Unavailable(ScriptedTransport.CAUSE)));
				}
				else {
					answer.complete(new SendResult.Confirmed());
				}
				return answer;
			}

		};
		PumpParts parts = new PumpParts(this.store, log, this.lanes, new Transports(List.of(transport)),
				RelaySettings.defaults(), RelayListener.NO_OP, this.time.timing(), new Shutdown(this.time::now),
				this::handOver, Runnable::run);
		return new DestinationRelay("fake:a", parts, new DestinationState("fake:a", parts),
				parts.timing().signals().create());
	}

}
