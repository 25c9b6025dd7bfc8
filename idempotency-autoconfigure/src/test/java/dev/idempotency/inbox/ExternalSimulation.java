// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import dev.idempotency.effect.CurrentEffect;
import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.effect.EffectObservation;
import dev.idempotency.effect.EffectResult;
import dev.idempotency.effect.InDoubtEffect;
import dev.idempotency.effect.ProviderProfile;
import dev.idempotency.effect.Resolution;
import org.jspecify.annotations.Nullable;

/**
 * Two nodes that call one external effect again and again, are paused and killed between
 * any two steps, and lose the store's answers; a sweeper; a clock that jumps; and an
 * operator who knows the truth. What the world saw is checked at the end.
 */
final class ExternalSimulation {

	private static final Duration LEASE = Duration.ofSeconds(10);

	private static final Duration WINDOW = Duration.ofSeconds(100);

	private static final EffectKey KEY = new EffectKey("payment", "orders", "42");

	private final Random random;

	private final EffectContract contract;

	private final ClaimTable table;

	private final Baton baton;

	private final List<Node> nodes = new ArrayList<>();

	private final AtomicInteger owners = new AtomicInteger();

	/** Keys the provider knows and since when; without keys, every call is news. */
	private final Map<String, Instant> remembered = new HashMap<>();

	private int happened;

	private int applied;

	private int calls;

	/** Threads that may hold a claim and have not called yet. */
	private final Set<Thread> unsent = new HashSet<>();

	ExternalSimulation(long seed, EffectContract contract, ClaimTable.@Nullable Neglect neglect) {
		this.random = new Random(seed);
		this.contract = contract;
		this.table = new ClaimTable(neglect);
		this.baton = new Baton(this.random);
	}

	/**
	 * Runs to the end.
	 * @return what went wrong, {@code null} if nothing did
	 */
	@Nullable String run(ExecutorService threads) {
		for (int i = 0; i < 2; i++) {
			Node node = new Node();
			this.nodes.add(node);
			this.baton.add(threads, () -> node.callAgainAndAgain(3));
			this.baton.add(threads, () -> node.callAgainAndAgain(3));
			this.baton.add(threads, () -> node.beat(20));
			this.baton.add(threads, () -> node.sweep(4));
		}
		this.baton.add(threads, () -> operate(6));
		this.baton.run(this::letTimePass);
		this.table.advance(WINDOW.plus(LEASE));
		new ClaimSweeper(this.table, EffectListener.NO_OP, 10).sweep();
		new ClaimSweeper(this.table, EffectListener.NO_OP, 10).sweep();
		return verdict();
	}

	private @Nullable String verdict() {
		if (this.happened > 1) {
			return "it happened " + this.happened + " times";
		}
		if (this.applied > 1) {
			return "it was applied " + this.applied + " times";
		}
		StoredClaim claim = this.table.find(KEY);
		if (claim == null) {
			return (this.happened > 0) ? "it happened and is not stored" : null;
		}
		return switch (claim.state()) {
			case COMPLETED -> (this.happened == 1) ? null : "it is completed and never happened";
			case RETRYABLE -> (this.happened == 0 && !claim.reached()) ? null : "it happened and may be run again";
			case CLAIMED -> "nobody judged it";
			case IN_DOUBT, REJECTED -> null;
		};
	}

	/**
	 * Nobody can help a process that wakes up when the provider has forgotten its key.
	 */
	private void letTimePass() {
		if (this.random.nextInt(4) == 0) {
			Duration step = Duration.ofMillis(this.random.nextInt(2 * (int) LEASE.toMillis()));
			Instant latest = this.table.now().plus(step);
			if (this.unsent.isEmpty()
					|| this.remembered.values().stream().allMatch((since) -> since.plus(WINDOW).isAfter(latest))) {
				this.table.advance(step);
			}
		}
	}

	/**
	 * Decides by what really happened, and only what cannot change any more.
	 */
	private void operate(int times) {
		InDoubtEffects effects = new InDoubtEffects(this.table, this.table, (flow) -> settings(), EffectListener.NO_OP);
		for (int i = 0; i < times; i++) {
			this.baton.pass();
			if (this.unsent.isEmpty()) {
				for (InDoubtEffect effect : effects.oldest(1)) {
					effects.resolve(effect, (this.happened > 0) ? Resolution.HAPPENED : Resolution.DID_NOT_HAPPEN,
							"op");
				}
			}
		}
	}

	private ExternalSettings settings() {
		return new ExternalSettings(LEASE, Duration.ofMillis(20), Duration.ofDays(1), 4,
				new ProviderProfile("test", "Key", 64, ProviderProfile.Charset.PRINTABLE, WINDOW, false), Set.of(),
				new ListedFailures(List.of(), List.of()), false);
	}

	private void happen(@Nullable String providerKey) {
		this.calls++;
		String key = (providerKey != null) ? providerKey : "call " + this.calls;
		Instant known = this.remembered.get(key);
		if (known == null || known.plus(WINDOW).isBefore(this.table.now())) {
			this.remembered.put(key, this.table.now());
			this.happened++;
		}
	}

	/**
	 * A process. Once it is killed it does nothing any more.
	 */
	private final class Node {

		private final List<BooleanSupplier> beats = new ArrayList<>();

		private final ExternalEffects effects;

		private boolean dead;

		private Node() {
			this.effects = new ExternalEffects(new Wire(),
					() -> "owner" + ExternalSimulation.this.owners.incrementAndGet(), this::start, (pause) -> step(),
					EffectListener.NO_OP, EffectObservation.NONE, Clock.systemUTC());
		}

		private Heartbeats.Running start(Duration every, BooleanSupplier beat) {
			this.beats.add(beat);
			return () -> this.beats.remove(beat);
		}

		private void beat(int times) {
			for (int i = 0; i < times && !this.dead; i++) {
				ExternalSimulation.this.baton.pass();
				for (BooleanSupplier beat : List.copyOf(this.beats)) {
					quietly(beat::getAsBoolean);
				}
			}
		}

		private void sweep(int times) {
			for (int i = 0; i < times && !this.dead; i++) {
				ExternalSimulation.this.baton.pass();
				quietly(() -> new ClaimSweeper(new Wire(), EffectListener.NO_OP, 10).sweep());
			}
		}

		private void quietly(Supplier<?> work) {
			try {
				work.get();
			}
			catch (Lost | Killed ex) {
				// The next round is another chance.
			}
		}

		private void callAgainAndAgain(int times) {
			ExternalCall call = new ExternalCall(KEY, null, ExternalSimulation.this.contract, settings());
			for (int i = 0; i < times && !this.dead; i++) {
				ExternalSimulation.this.unsent.add(Thread.currentThread());
				try {
					if (this.effects.run(call, (value) -> null, this::body) instanceof EffectResult.Applied) {
						ExternalSimulation.this.applied++;
					}
				}
				catch (Throwable ex) {
					ExternalSimulation.this.unsent.remove(Thread.currentThread());
					passOn();
				}
				finally {
					ExternalSimulation.this.unsent.remove(Thread.currentThread());
				}
			}
		}

		private boolean body() throws Exception {
			step();
			if (ExternalSimulation.this.random.nextInt(5) == 0) {
				throw new ConnectException("refused");
			}
			happen(CurrentEffect.get().idempotencyKey().orElse(null));
			ExternalSimulation.this.unsent.remove(Thread.currentThread());
			step();
			if (ExternalSimulation.this.random.nextInt(5) == 0) {
				throw new IOException("read timed out");
			}
			return true;
		}

		private void passOn() {
			if (!this.dead) {
				ExternalSimulation.this.baton.pass();
			}
		}

		private void step() {
			passOn();
			if (this.dead || ExternalSimulation.this.random.nextInt(40) == 0) {
				this.dead = true;
				throw new Killed();
			}
		}

		private <T> T answered(Supplier<T> work) {
			step();
			int luck = ExternalSimulation.this.random.nextInt(12);
			if (luck == 0) {
				throw new Lost();
			}
			T answer = work.get();
			step();
			if (luck == 1) {
				throw new Lost();
			}
			return answer;
		}

		/**
		 * The way to the store, on which questions and answers get lost.
		 */
		private final class Wire implements ClaimStore {

			private final ClaimTable table = ExternalSimulation.this.table;

			@Override
			public @Nullable StoredClaim open(ClaimRequest request) {
				return answered(() -> this.table.open(request));
			}

			@Override
			public boolean takeOver(ClaimRequest request, StoredClaim seen) {
				return answered(() -> this.table.takeOver(request, seen));
			}

			@Override
			public boolean renew(ClaimId id, Duration lease) {
				return answered(() -> this.table.renew(id, lease));
			}

			@Override
			public boolean change(ClaimChange change) {
				return answered(() -> this.table.change(change));
			}

			@Override
			public @Nullable StoredClaim find(EffectKey key) {
				return answered(() -> this.table.find(key));
			}

			@Override
			public List<StoredClaim> abandoned(int limit) {
				return answered(() -> this.table.abandoned(limit));
			}

		}

	}

	/**
	 * The process is gone.
	 */
	private static final class Killed extends Error {

	}

	/**
	 * The store did not answer.
	 */
	private static final class Lost extends RuntimeException {

		private Lost() {
			super("no answer", null, false, false);
		}

	}

}
