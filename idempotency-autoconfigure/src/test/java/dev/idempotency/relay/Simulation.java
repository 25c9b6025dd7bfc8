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
import java.util.stream.IntStream;

import dev.idempotency.flow.Backoff;
import dev.idempotency.outbox.Lanes;
import dev.idempotency.outbox.OutboxRecord;
import org.jspecify.annotations.Nullable;

/**
 * Two relays share an outbox while producers write, processes hang, die and are replaced,
 * the database and the brokers come and go, and an operator resumes halted keys. Then all
 * faults end and everything must come to rest.
 */
final class Simulation {

	static final Duration TTL = Duration.ofSeconds(1);

	private static final List<String> DESTINATIONS = List.of("fake:halt", "fake:park", "fake:other");

	/** Keys that share a lane, one elsewhere, and none. */
	private static final List<String> KEYS = List.of("k1", twin("k1", 1), "k2", "", twin("k1", 2));

	/** Routes of one destination, whose messages have no partition. */
	private static final List<String> ROUTES = List.of("a", "b", SnapshotLog.UNNUMBERED);

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

	private final @Nullable SnapshotLog log;

	private final List<OutboxRecord> committed = new ArrayList<>();

	private final List<World.Node> nodes = new ArrayList<>();

	private final Map<World.Node, Relay> relays = new HashMap<>();

	private final List<String> violations = new ArrayList<>();

	private long databaseDownUntil;

	private boolean faulty = true;

	private boolean gentle;

	private int names;

	/**
	 * Creates it.
	 * @param seed everything that happens
	 * @param engine how the outbox works
	 * @param mutant the guard to be taken away
	 */
	Simulation(long seed, Engine engine, Mutant mutant) {
		this.world = new World(seed);
		this.store = new FakeStore(this.world::now);
		this.log = (engine == Engine.LOG) ? new SnapshotLog(this.store, mutant) : null;
		this.broker = new FakeBroker(this.world, this.store);
		this.mutant = mutant;
		this.store.asksAgainWhatIsHalted = mutant != Mutant.PARKS_BEHIND_RESUMED_KEYS;
		this.store.fenced = mutant != Mutant.STORE_WITHOUT_FENCE;
		this.broker.confirmsTooEarly = mutant == Mutant.SETTLES_BEFORE_CONFIRM;
		this.broker.mintsIds = mutant == Mutant.ID_PER_SEND;
	}

	private static String twin(String key, int which) {
		return IntStream.iterate(0, (number) -> number + 1)
			.mapToObj((number) -> "t" + number)
			.filter((twin) -> Lanes.of(twin, "") == Lanes.of(key, ""))
			.skip(which - 1)
			.findFirst()
			.orElseThrow();
	}

	/**
	 * Leaves out what makes a relay send again: no process hangs or dies, and no answer
	 * is lost. Nodes stop in order, the database is away for moments, and messages are
	 * refused.
	 * @return this
	 */
	Simulation gently() {
		this.gentle = true;
		return this;
	}

	/**
	 * Runs to the end.
	 * @return what went wrong, empty if nothing did
	 */
	List<String> run() {
		this.broker.faulty = !this.gentle;
		startNode();
		startNode();
		this.world.thread(null, this::produce).start();
		for (int step = 0; step < 12; step++) {
			this.world.pass(this.world.millis(0, 700));
			disturb();
		}
		heal();
		boolean drained = this.world.passUntil(
				() -> this.world.others() > 0 && this.store.waiting.isEmpty() && unread() == 0,
				Duration.ofSeconds(60).toNanos());
		if (!drained) {
			this.violations.add("I4: still waiting " + this.store.waiting.keySet() + " and unread " + unread());
		}
		stopAll();
		check();
		return this.violations;
	}

	private int unread() {
		return (this.log != null) ? this.log.unread().size() : 0;
	}

	private void produce() {
		for (int number = 1; number <= 40; number++) {
			this.world.pass(this.world.millis(0, 200));
			String destination = DESTINATIONS.get(this.world.random().nextInt(DESTINATIONS.size()));
			String key = KEYS.get(this.world.random().nextInt((this.log != null) ? KEYS.size() : KEYS.size() - 1));
			if (!this.store.writing(destination, key)) {
				String route = destination.equals("fake:other") ? ROUTES.get(this.world.random().nextInt(ROUTES.size()))
						: null;
				write(Messages.routed(Messages.message(destination, key.isEmpty() ? null : key, "m" + number), route));
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
				if (this.log != null) {
					this.log.commit(row);
				}
				else {
					this.store.commit(row);
				}
				this.committed.add(row);
				this.relays.values().forEach((relay) -> relay.wake(row.destination(), row.lane()));
			}
		});
	}

	private void disturb() {
		World.Node node = this.nodes.get(this.world.random().nextInt(this.nodes.size()));
		int first = this.gentle ? 3 : 0;
		switch (first + this.world.random().nextInt(8 - first)) {
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
			case 4 -> this.databaseDownUntil = this.world.now() + this.world.millis(50, this.gentle ? 200 : 2500);
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
		Relay.Ports ports = new Relay.Ports(faulty(LaneStore.class, this.mutant.lanes(this.store)),
				faulty(RelayStore.class, this.mutant.store(this.store)), log(), List.of(this.broker.transport(node)));
		Relay relay = new Relay(ports, this::event, this.mutant.settings(SETTINGS),
				new Relay.Node(node.name, (work) -> this.world.thread(node, work), clock()), timing);
		this.nodes.add(node);
		this.relays.put(node, relay);
		relay.start();
	}

	private @Nullable OutboxLog log() {
		SnapshotLog shared = this.log;
		if (shared == null) {
			return null;
		}
		OutboxLog seen = shared.of(this::access, (limit) -> Math.min(limit, 1 + this.world.random().nextInt(4)));
		return faulty(OutboxLog.class, this.mutant.log(shared, seen));
	}

	private void event(RelayEvent event) {
		if (this.world.chance(0.01)) {
			throw new IllegalStateException("a listener with a defect");
		}
	}

	private Clock clock() {
		return Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
	}

	private <T> T faulty(Class<T> type, T delegate) {
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
		boolean slow = this.faulty && !this.gentle && this.world.chance(0.003);
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
		checkNumbers();
		if (this.gentle) {
			checkRepeats();
		}
	}

	private void checkRepeats() {
		Set<Long> seen = new HashSet<>();
		for (OutboxRecord message : this.broker.delivered) {
			if (!seen.add(message.position())) {
				this.violations.add("Repeat: " + message.position() + " came again");
			}
		}
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

	/**
	 * A message is repeated under the number it had, which no other of its stream has.
	 */
	private void checkNumbers() {
		Map<Long, String> numbers = new HashMap<>();
		Map<String, Long> positions = new HashMap<>();
		for (OutboxRecord message : this.broker.sent) {
			String number = String.valueOf(message.placement());
			String before = numbers.putIfAbsent(message.position(), number);
			Long taken = (message.placement() != null) ? positions.putIfAbsent(number, message.position()) : null;
			if (before != null && !before.equals(number) || taken != null && taken != message.position()) {
				this.violations.add("Number: " + message.position() + " came as " + number + ", before as " + before
						+ ", which was given to " + taken);
			}
		}
	}

	private Map<Long, OutboxRecord> rows() {
		Map<Long, OutboxRecord> rows = new HashMap<>();
		this.committed.forEach((row) -> rows.put(row.position(), row));
		return rows;
	}

	/**
	 * How the outbox works.
	 */
	enum Engine {

		/** Rows that are deleted. */
		TABLE,

		/** A log beside a table of what was set aside. */
		LOG

	}

}
