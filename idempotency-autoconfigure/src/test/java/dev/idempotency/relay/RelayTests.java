// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import dev.idempotency.flow.Backoff;
import dev.idempotency.outbox.Lanes;
import dev.idempotency.outbox.OutboxRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The relay on real threads and on the real clock.
 */
@Timeout(60)
class RelayTests {

	private static final CompletableFuture<SendResult> CONFIRMED = CompletableFuture
		.completedFuture(new SendResult.Confirmed());

	private final FakeStore plain = new FakeStore(System::nanoTime);

	private final SharedStore store = new SharedStore(this.plain);

	private final Queue<RelayEvent> events = new ConcurrentLinkedQueue<>();

	private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();

	private Function<OutboxRecord, CompletionStage<SendResult>> broker = (message) -> CONFIRMED;

	private RelayListener listener = this.events::add;

	private final Relay relay = relay();

	@AfterEach
	void stop() {
		this.relay.stop();
		assertThat(this.threads).allSatisfy((thread) -> {
			thread.join(5000);
			assertThat(thread.isAlive()).isFalse();
		});
	}

	@Test
	void drainsAHundredThousandMessages() throws InterruptedException {
		CountDownLatch published = new CountDownLatch(100_000);
		this.listener = (event) -> {
			if (event instanceof RelayEvent.Published) {
				published.countDown();
			}
		};
		for (int number = 0; number < 100_000; number++) {
			write("fake:d" + number % 4, (number % 10 == 0) ? null : "k" + number % 1000, "m" + number);
		}
		this.relay.start();
		assertThat(published.await(50, TimeUnit.SECONDS)).as("%d are left", published.getCount()).isTrue();
		assertThat(this.store.waiting()).isZero();
	}

	@Test
	void deadDestinationStopsOnlyItsOwnMessages() throws InterruptedException {
		CountDownLatch published = new CountDownLatch(20);
		this.broker = (message) -> message.destination().equals("fake:dead") ? new CompletableFuture<>() : CONFIRMED;
		this.listener = (event) -> published.countDown();
		for (int number = 0; number < 20; number++) {
			write("fake:dead", "k", "d" + number);
			write("fake:alive", "k", "a" + number);
		}
		this.relay.start();
		assertThat(published.await(30, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void wakeUpAtCommitFindsANewDestination() throws InterruptedException {
		CountDownLatch published = new CountDownLatch(1);
		CountDownLatch lanes = new CountDownLatch(1);
		this.listener = (event) -> {
			if (event instanceof RelayEvent.Published) {
				published.countDown();
			}
			if (event instanceof RelayEvent.LanesChanged) {
				lanes.countDown();
			}
		};
		this.relay.start();
		assertThat(lanes.await(10, TimeUnit.SECONDS)).isTrue();
		OutboxRecord row = write("fake:new", "k", "m");
		this.relay.wake(row.destination(), row.lane());
		assertThat(published.await(10, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void stopWaitsForAnswersSettlesThemAndGivesTheLeasesBack() throws InterruptedException {
		CountDownLatch sent = new CountDownLatch(1);
		CompletableFuture<SendResult> answer = new CompletableFuture<>();
		AtomicInteger sends = new AtomicInteger();
		this.broker = (message) -> {
			sends.incrementAndGet();
			sent.countDown();
			return answer;
		};
		write("fake:a", "k", "m1");
		write("fake:a", "k", "m2");
		this.relay.start();
		assertThat(sent.await(10, TimeUnit.SECONDS)).isTrue();
		Thread stopping = new Thread(this.relay::stop);
		stopping.start();
		while (this.relay.status().running() && stopping.getState() != Thread.State.TIMED_WAITING) {
			Thread.onSpinWait();
		}
		answer.complete(new SendResult.Confirmed());
		stopping.join(10_000);
		assertThat(this.relay.status().running()).isFalse();
		assertThat(sends).hasValue(1);
		assertThat(this.store.waiting()).isOne();
		assertThat(this.plain.leasesOf("me")).isZero();
	}

	@Test
	void stopDoesNotWaitForEverAndNothingIsSentAfterIt() {
		CountDownLatch sent = new CountDownLatch(1);
		this.broker = (message) -> {
			sent.countDown();
			return new CompletableFuture<>();
		};
		write("fake:a", "k", "m1");
		this.relay.start();
		assertThat(sent).satisfies((latch) -> assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue());
		this.relay.stop();
		assertThat(this.store.waiting()).isOne();
		assertThat(this.plain.leasesOf("me")).isZero();
	}

	@Test
	void startsAgainAfterAStop() throws InterruptedException {
		CountDownLatch published = new CountDownLatch(1);
		this.listener = (event) -> {
			if (event instanceof RelayEvent.Published) {
				published.countDown();
			}
		};
		this.relay.start();
		this.relay.start();
		this.relay.stop();
		this.relay.stop();
		assertThat(this.relay.status()).isEqualTo(new RelayStatus(false, 0, List.of()));
		assertThat(this.relay.lanes()).isZero();
		write("fake:a", "k", "m");
		this.relay.start();
		assertThat(published.await(10, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void listenerThatFailsDoesNotReachTheRelay() throws InterruptedException {
		CountDownLatch published = new CountDownLatch(2);
		this.listener = (event) -> {
			if (event instanceof RelayEvent.Published) {
				published.countDown();
			}
			throw new StackOverflowError("a listener with a defect");
		};
		write("fake:a", "k", "m1");
		write("fake:a", "k", "m2");
		this.relay.start();
		assertThat(published.await(10, TimeUnit.SECONDS)).isTrue();
		this.relay.stop();
		assertThat(this.store.waiting()).isZero();
	}

	@Test
	void statusTellsWhatIsKnownWithoutAsking() throws InterruptedException {
		CountDownLatch opened = new CountDownLatch(1);
		this.broker = (message) -> CompletableFuture
			.completedFuture(new SendResult.Unavailable(new IllegalStateException("nobody there")));
		this.listener = (event) -> {
			if (event instanceof RelayEvent.Breaker breaker && breaker.open()) {
				opened.countDown();
			}
		};
		for (int number = 0; number < 10; number++) {
			write("fake:a", "k" + number, "m" + number);
		}
		this.relay.start();
		assertThat(opened.await(10, TimeUnit.SECONDS)).isTrue();
		RelayStatus status = this.relay.status();
		assertThat(status.running()).isTrue();
		assertThat(status.lanes()).isEqualTo(Lanes.COUNT).isEqualTo(this.relay.lanes());
		assertThat(status.destinations()).singleElement().satisfies((destination) -> {
			assertThat(destination.name()).isEqualTo("fake:a");
			assertThat(destination.failures()).isGreaterThanOrEqualTo(3);
			assertThat(destination.lastError()).contains("nobody there");
			assertThat(destination.lastPublished()).isNull();
		});
	}

	@Test
	void threadsAreNamed() {
		this.relay.start();
		Set<String> names = new HashSet<>();
		this.threads.forEach((thread) -> names.add(thread.getName()));
		assertThat(names).contains("idempotency-relay-lanes", "idempotency-relay-poll");
	}

	@Test
	void wakeUpsOfAStoppedRelayDoNothing() {
		this.relay.wake();
		this.relay.wake("fake:a", 1);
		assertThat(this.threads).isEmpty();
	}

	@Test
	void transportsNeedDifferentNames() {
		Transport transport = new ScriptedTransport(new HandTime());
		Relay.Ports ports = new Relay.Ports(this.plain, this.plain, List.of(transport, transport));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new Relay(ports, RelayListener.NO_OP, RelaySettings.defaults(),
					new Relay.Node("me", Thread::new, Clock.systemUTC())))
			.withMessageContaining("'fake'");
	}

	@Test
	void nodeNeedsAName() {
		assertThatIllegalArgumentException().isThrownBy(() -> new Relay.Node(" ", Thread::new, Clock.systemUTC()));
	}

	private Relay relay() {
		Transport transport = new Transport() {

			@Override
			public String name() {
				return "fake";
			}

			@Override
			public CompletionStage<SendResult> send(OutboxRecord message) {
				return RelayTests.this.broker.apply(message);
			}

		};
		RelaySettings settings = new RelaySettings(Duration.ofSeconds(10), RelaySettings.Batching.defaults(),
				RelaySettings.Polling.defaults(),
				new RelaySettings.Retrying(new Backoff(Duration.ofMillis(10), Duration.ofMillis(200)), 3, 0.2),
				new RelaySettings.Poison(2, PoisonPolicy.HALT_KEY, Map.of()), Duration.ofMillis(500));
		return new Relay(new Relay.Ports(this.store.lanes(), this.store.messages(), List.of(transport)),
				(event) -> this.listener.on(event), settings, new Relay.Node("me", (work) -> {
					Thread thread = new Thread(work);
					this.threads.add(thread);
					return thread;
				}, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC)));
	}

	private OutboxRecord write(String destination, String key, String id) {
		return this.store.write(Messages.message(destination, key, id));
	}

}
