// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

import dev.idempotency.flow.Backoff;
import dev.idempotency.outbox.OutboxRecord;

/**
 * Two relays share an outbox while producers write, processes hang, die and are replaced,
 * the database and the brokers come and go, and an operator resumes halted keys. Then all
 * faults end and everything must come to rest.
 */
final class Simulation {

	static final Duration TTL = Duration.ofSeconds(1);

	private static final List<String> DESTINATIONS = List.of("fake:halt", "fake:park", "fake:other");

	private static final RelaySettings SETTINGS = new RelaySettings(TTL,
			new RelaySettings.Batching(6, 4, Duration.ofSeconds(2), 8),
			new RelaySettings.Polling(Duration.ofMillis(20), Duration.ofMillis(400), Duration.ofMillis(900)),
			new RelaySettings.Retrying(new Backoff(Duration.ofMillis(20), Duration.ofMillis(300)), 3, 0.5),
			new RelaySettings.Poison(2, PoisonPolicy.HALT_KEY, Map.of("fake:park", PoisonPolicy.PARK)),
			Duration.ofMillis(1500));

	private final World world;

	private final FakeStore store;

	private final FakeBroker broker;

	private final Mutant mutant;

	private final List<OutboxRecord> committed = new ArrayList<>();

	private final List<World.Node> nodes = new ArrayList<>();

	private final Map<World.Node, Relay> relays = new HashMap<>();

	private final List<String> violations = new ArrayList<>();

	private long databaseDownUntil;

	private boolean faulty = true;

	private int names;

	Simulation(long seed, Mutant mutant) {
		this.world = new World(seed);
		this.store = new FakeStore(this.world::now);
		this.broker = new FakeBroker(this.world, this.store);
		this.mutant = mutant;
		this.store.asksAgainWhatIsHalted = mutant != Mutant.PARKS_BEHIND_RESUMED_KEYS;
		this.store.fenced = mutant != Mutant.NO_FENCE;
		this.broker.confirmsTooEarly = mutant == Mutant.SETTLES_BEFORE_CONFIRM;
		this.broker.mintsIds = mutant == Mutant.ID_PER_SEND;
	}

	/**
	 * Runs to the end.
	 * @return what went wrong, empty if nothing did
	 */
	List<String> run() {
		this.broker.faulty = true;
		startNode();
		startNode();
		this.world.thread(null, this::produce).start();
		for (int step = 0; step < 12; step++) {
			this.world.pass(this.world.millis(0, 700));
			disturb();
		}
		heal();
		boolean drained = this.world.passUntil(() -> this.world.others() > 0 && this.store.waiting.isEmpty(),
				Duration.ofSeconds(60).toNanos());
		if (!drained) {
			this.violations.add("I4: still waiting " + this.store.waiting.keySet());
		}
		stopAll();
		check();
		return this.violations;
	}

	private void produce() {
		for (int number = 1; number <= 40; number++) {
			this.world.pass(this.world.millis(0, 200));
			String destination = DESTINATIONS.get(this.world.random().nextInt(DESTINATIONS.size()));
			int key = this.world.random().nextInt(3);
			if (!this.store.writing(destination, "k" + key)) {
				write(Messages.message(destination, (key > 0) ? "k" + key : null, "m" + number));
			}
		}
	}

	private void write(OutboxRecord draft) {
		OutboxRecord row = this.store.insert(draft);
		if (this.world.chance(0.08)) {
			this.broker.poison.add(row.position());
		}
		this.world.at(this.world.chance(0.2) ? this.world.millis(0, 900) : 0, () -> {
			if (this.world.chance(0.05)) {
				this.store.rollback(row);
			}
			else {
				this.store.commit(row);
				this.committed.add(row);
				this.relays.values().forEach((relay) -> relay.wake(row.destination(), row.lane()));
			}
		});
	}

	private void disturb() {
		World.Node node = this.nodes.get(this.world.random().nextInt(this.nodes.size()));
		switch (this.world.random().nextInt(8)) {
			case 0, 1 -> node.frozenUntil = this.world.now() + this.world.millis(200, 3000);
			case 2 -> {
				crash(node);
				startNode();
			}
			case 3 -> {
				this.nodes.remove(node);
				startNode();
				stop(node);
			}
			case 4 -> this.databaseDownUntil = this.world.now() + this.world.millis(50, 2500);
			case 5 -> this.broker.downUntil.put(DESTINATIONS.get(this.world.random().nextInt(DESTINATIONS.size())),
					this.world.now() + this.world.millis(50, 1500));
			case 6 -> DESTINATIONS.forEach(this.store::resume);
			default -> this.relays.values().forEach(Relay::wake);
		}
	}

	private void heal() {
		this.faulty = false;
		this.broker.faulty = false;
		this.broker.downUntil.clear();
		this.databaseDownUntil = 0;
		this.nodes.forEach((node) -> node.frozenUntil = 0);
		if (this.world.chance(0.5)) {
			this.broker.poison.clear();
		}
		this.world.pass(Duration.ofSeconds(9).toNanos());
		DESTINATIONS.forEach(this.store::resume);
	}

	private void startNode() {
		World.Node node = new World.Node("n" + (++this.names), 0.85 + 0.3 * this.world.random().nextDouble());
		long born = this.world.now();
		Timing timing = new Timing(clock(), () -> (long) ((this.world.now() - born) * node.drift),
				this.world.random()::nextDouble, this.world::signal);
		Relay.Ports ports = new Relay.Ports(faulty(LaneStore.class, this.mutant.lanes(this.store), node),
				faulty(RelayStore.class, this.mutant.store(this.store), node), List.of(this.broker.transport(node)));
		Relay relay = new Relay(ports, this::event, this.mutant.settings(SETTINGS),
				new Relay.Node(node.name, (work) -> this.world.thread(node, work), clock()), timing);
		this.nodes.add(node);
		this.relays.put(node, relay);
		relay.start();
	}

	private void event(RelayEvent event) {
		if (this.world.chance(0.01)) {
			throw new IllegalStateException("a listener with a defect");
		}
	}

	private Clock clock() {
		return Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
	}

	private <T> T faulty(Class<T> type, T delegate, World.Node node) {
		return type
			.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, (proxy, method, arguments) -> {
				access();
				try {
					Object result = method.invoke(delegate, arguments);
					access();
					return result;
				}
				catch (InvocationTargetException ex) {
					throw ex.getTargetException();
				}
			}));
	}

	private void access() {
		boolean slow = this.faulty && this.world.chance(0.003);
		this.world.pass(slow ? this.world.millis(500, 2000) : this.world.millis(0, 3));
		if (this.world.now() < this.databaseDownUntil || (this.faulty && this.world.chance(0.005))) {
			throw new IllegalStateException("the database is away");
		}
	}

	private void crash(World.Node node) {
		node.dead = true;
		this.nodes.remove(node);
		this.relays.remove(node);
	}

	private void stop(World.Node node) {
		Relay relay = this.relays.remove(node);
		relay.stop();
		node.dead = true;
	}

	private void stopAll() {
		for (World.Node node : List.copyOf(this.nodes)) {
			this.relays.get(node).stop();
			if (this.store.leasesOf(node.name) > 0) {
				this.violations.add("Stop: " + node.name + " kept its leases");
			}
			node.dead = true;
		}
		if (!this.world.passUntil(() -> this.world.others() == 0, Duration.ofSeconds(5).toNanos())) {
			this.violations.add("Stop: threads are left");
		}
	}

	private void check() {
		this.violations.addAll(this.store.violations);
		this.violations.addAll(this.broker.violations);
		for (OutboxRecord row : this.committed) {
			boolean settled = this.store.settled.contains(row.position());
			boolean parked = this.store.parked.containsKey(row.position());
			boolean waits = this.store.waiting.containsKey(row.position());
			if ((settled ? 1 : 0) + (parked ? 1 : 0) + (waits ? 1 : 0) != 1) {
				this.violations.add("I4: " + row.position() + " settled " + settled + " parked " + parked);
			}
			if (settled && !this.broker.deliveredPositions.contains(row.position())) {
				this.violations.add("I8: " + row.position() + " was settled and never delivered");
			}
		}
		checkOrder();
		checkIds();
	}

	private void checkOrder() {
		Map<String, OutboxRecord> last = new HashMap<>();
		Set<Long> seen = new HashSet<>();
		Map<Long, OutboxRecord> rows = rows();
		for (OutboxRecord message : this.broker.delivered) {
			OutboxRecord row = rows.get(message.position());
			boolean aside = row.destination().equals("fake:park") && this.store.everParked.contains(row.position());
			if (row.key() != null && !aside && seen.add(row.position())) {
				OutboxRecord before = last.put(row.destination() + " " + row.key(), row);
				if (before != null && before.position() > row.position()) {
					this.violations.add("I9: " + row.position() + " first came after " + before.position());
				}
			}
		}
	}

	private void checkIds() {
		Map<Long, OutboxRecord> rows = rows();
		for (OutboxRecord message : this.broker.delivered) {
			OutboxRecord row = rows.get(message.position());
			if (!row.id().equals(message.id())) {
				this.violations.add("Id: " + row.position() + " came as " + message.id());
			}
		}
	}

	private Map<Long, OutboxRecord> rows() {
		Map<Long, OutboxRecord> rows = new HashMap<>();
		this.committed.forEach((row) -> rows.put(row.position(), row));
		return rows;
	}

	/**
	 * Guards that can be taken away.
	 */
	enum Mutant {

		/** Every guard is there. */
		NONE,

		/** The store lets a late owner change things. */
		NO_FENCE,

		/** The relay does not know what order is kept by. */
		NO_KEY_ORDER,

		/** A message counts as confirmed as soon as it is sent. */
		SETTLES_BEFORE_CONFIRM,

		/** Each send has an id of its own. */
		ID_PER_SEND,

		/** The relay believes in its leases ten times as long as the store. */
		LATE_DEADLINE,

		/** The relay never learns which keys are halted. */
		NO_HALTED_KEYS,

		/** Messages are parked behind a key that was resumed meanwhile. */
		PARKS_BEHIND_RESUMED_KEYS;

		RelaySettings settings(RelaySettings settings) {
			return (this != LATE_DEADLINE) ? settings : new RelaySettings(TTL.multipliedBy(10), settings.batching(),
					settings.polling(), settings.retrying(), settings.poison(), settings.shutdownBound());
		}

		LaneStore lanes(LaneStore store) {
			return (this != LATE_DEADLINE) ? store
					: (LaneStore) Proxy.newProxyInstance(LaneStore.class.getClassLoader(),
							new Class<?>[] { LaneStore.class }, (proxy, method, arguments) -> {
								for (int i = 0; i < arguments.length; i++) {
									arguments[i] = (arguments[i] instanceof Duration) ? TTL : arguments[i];
								}
								return method.invoke(store, arguments);
							});
		}

		RelayStore store(RelayStore store) {
			return switch (this) {
				case NO_KEY_ORDER -> reading(store, (batch) -> new RelayStore.Batch(batch.destination(), batch.leases(),
						batch.messages().stream().map(Messages::withoutKey).toList()));
				case NO_HALTED_KEYS -> (RelayStore) Proxy.newProxyInstance(RelayStore.class.getClassLoader(),
						new Class<?>[] { RelayStore.class },
						(proxy, method, arguments) -> method.getName().equals("haltedKeys") ? Set.of()
								: method.invoke(store, arguments));
				default -> store;
			};
		}

		private static RelayStore reading(RelayStore store, UnaryOperator<RelayStore.Batch> change) {
			return (RelayStore) Proxy.newProxyInstance(RelayStore.class.getClassLoader(),
					new Class<?>[] { RelayStore.class }, (proxy, method, arguments) -> {
						Object result = method.invoke(store, arguments);
						return (result instanceof RelayStore.Batch batch) ? change.apply(batch) : result;
					});
		}

	}

}
