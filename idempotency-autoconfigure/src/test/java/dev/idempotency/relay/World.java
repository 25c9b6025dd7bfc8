// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Runs real threads one at a time, in an order drawn from a seed and on a clock of its
 * own, so that a run can be repeated. A thread gives way wherever it waits and wherever
 * it touches a fake.
 */
final class World {

	private final Random random;

	private final List<Actor> actors = new ArrayList<>();

	private final PriorityQueue<Event> events = new PriorityQueue<>();

	private final Actor main = new Actor(null);

	private Actor current = this.main;

	private long now;

	private long eventCount;

	private final List<Actor> due = new ArrayList<>();

	private long soonest;

	private int crashes;

	World(long seed) {
		this.random = new Random(seed);
		this.actors.add(this.main);
	}

	long now() {
		return this.now;
	}

	Random random() {
		return this.random;
	}

	boolean chance(double probability) {
		return this.random.nextDouble() < probability;
	}

	/**
	 * A number of nanoseconds.
	 */
	long millis(int from, int to) {
		return Duration.ofMillis(from).toNanos() + (long) (this.random.nextDouble() * (to - from) * 1_000_000);
	}

	Thread thread(@Nullable Node node, Runnable work) {
		Actor actor = new Actor(node);
		actor.wakeAt = this.now;
		this.actors.add(actor);
		Thread thread = new Thread(() -> {
			actor.baton.acquireUninterruptibly();
			try {
				work.run();
			}
			catch (Crash ex) {
				this.crashes++;
			}
			finally {
				this.actors.remove(actor);
				giveTo(next());
			}
		});
		thread.setDaemon(true);
		return thread;
	}

	/**
	 * Lets time pass for the calling thread while others run.
	 */
	void pass(long nanos) {
		this.current.wakeAt = this.now + nanos;
		yieldNow();
	}

	boolean passUntil(BooleanSupplier condition, long bound) {
		long end = this.now + bound;
		while (!condition.getAsBoolean()) {
			if (this.now >= end) {
				return false;
			}
			pass(Duration.ofMillis(20).toNanos());
		}
		return true;
	}

	void at(long delay, Runnable event) {
		this.events.add(new Event(this.now + delay, this.eventCount++, event));
	}

	Signal signal() {
		return new StepSignal();
	}

	/**
	 * Threads that a dead process left.
	 */
	int crashes() {
		return this.crashes;
	}

	int others() {
		return this.actors.size() - 1;
	}

	private void yieldNow() {
		Actor self = this.current;
		Actor next = next();
		if (next != self) {
			giveTo(next);
			self.baton.acquireUninterruptibly();
		}
		if (self.node != null && self.node.dead) {
			throw new Crash();
		}
	}

	private void giveTo(Actor actor) {
		this.current = actor;
		actor.baton.release();
	}

	private Actor next() {
		while (true) {
			List<Actor> due = due();
			Event event = this.events.peek();
			boolean eventDue = event != null && event.time <= this.now;
			if (eventDue && (due.isEmpty() || this.random.nextBoolean())) {
				this.events.remove();
				event.action.run();
			}
			else if (!due.isEmpty()) {
				this.current = due.get(this.random.nextInt(due.size()));
				return this.current;
			}
			else {
				this.now = (event != null) ? Math.min(this.soonest, event.time) : this.soonest;
			}
		}
	}

	private List<Actor> due() {
		this.due.clear();
		this.soonest = Long.MAX_VALUE;
		for (Actor actor : this.actors) {
			long time = actor.time();
			this.soonest = Math.min(this.soonest, time);
			if (time <= this.now) {
				this.due.add(actor);
			}
		}
		return this.due;
	}

	/**
	 * A process that may hang or die, with a clock that is not quite right.
	 */
	static final class Node {

		final String name;

		final double drift;

		boolean dead;

		long frozenUntil;

		Node(String name, double drift) {
			this.name = name;
			this.drift = drift;
		}

	}

	/**
	 * Thrown wherever a dead process does anything.
	 */
	static final class Crash extends Error {

		Crash() {
			super("crashed", null, false, false);
		}

	}

	private static final class Actor {

		final @Nullable Node node;

		final Semaphore baton = new Semaphore(0);

		long wakeAt;

		Actor(@Nullable Node node) {
			this.node = node;
		}

		long time() {
			if (this.node == null) {
				return this.wakeAt;
			}
			return this.node.dead ? 0 : Math.max(this.wakeAt, this.node.frozenUntil);
		}

	}

	private record Event(long time, long number, Runnable action) implements Comparable<Event> {

		@Override
		public int compareTo(Event other) {
			return (this.time != other.time) ? Long.compare(this.time, other.time)
					: Long.compare(this.number, other.number);
		}

	}

	private final class StepSignal implements Signal {

		private boolean raised;

		private @Nullable Actor waiting;

		@Override
		public void raise() {
			this.raised = true;
			if (this.waiting != null) {
				this.waiting.wakeAt = World.this.now;
			}
		}

		@Override
		public void await(long nanos) {
			Actor self = World.this.current;
			this.waiting = self;
			self.wakeAt = World.this.now + (this.raised ? 0 : Math.min(nanos, Duration.ofDays(1).toNanos()));
			try {
				yieldNow();
			}
			finally {
				this.waiting = null;
				this.raised = false;
			}
		}

	}

}
