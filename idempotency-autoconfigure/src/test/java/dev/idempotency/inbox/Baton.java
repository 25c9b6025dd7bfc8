// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;

/**
 * Lets threads run one at a time, in an order drawn from a seed: whoever has the baton
 * runs to its next pass.
 */
final class Baton {

	private final Random random;

	private final Semaphore controller = new Semaphore(0);

	private final List<Runner> runners = new ArrayList<>();

	private final ThreadLocal<Runner> current = new ThreadLocal<>();

	Baton(Random random) {
		this.random = random;
	}

	void add(ExecutorService threads, Runnable work) {
		Runner runner = new Runner();
		this.runners.add(runner);
		threads.execute(() -> {
			this.current.set(runner);
			runner.turn.acquireUninterruptibly();
			try {
				work.run();
			}
			catch (Throwable ex) {
				runner.failure = ex;
			}
			finally {
				runner.done = true;
				this.current.remove();
				this.controller.release();
			}
		});
	}

	/**
	 * Gives the baton back until it is this thread's turn again.
	 */
	void pass() {
		Runner runner = this.current.get();
		if (runner != null) {
			this.controller.release();
			runner.turn.acquireUninterruptibly();
		}
	}

	/**
	 * Runs everybody to the end.
	 * @param between what happens between two turns
	 */
	void run(Runnable between) {
		List<Runner> running = new ArrayList<>(this.runners);
		while (!running.isEmpty()) {
			Runner next = running.get(this.random.nextInt(running.size()));
			next.turn.release();
			this.controller.acquireUninterruptibly();
			if (next.done) {
				running.remove(next);
			}
			between.run();
		}
		for (Runner runner : this.runners) {
			if (runner.failure != null) {
				throw new IllegalStateException(runner.failure);
			}
		}
	}

	private static final class Runner {

		private final Semaphore turn = new Semaphore(0);

		private volatile boolean done;

		private volatile Throwable failure;

	}

}
