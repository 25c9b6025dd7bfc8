// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;

/**
 * Processor time that work takes, which other load on the machine changes less than it
 * changes rates.
 */
final class Processors {

	private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

	private final Environment environment;

	Processors(Environment environment) {
		this.environment = environment;
	}

	/**
	 * Does work.
	 * @param listener id of the listener whose thread does it
	 * @return records per second, and microseconds of processor time per record of the
	 * listener's thread and of the database
	 */
	List<Double> during(String listener, int records, Variant.Step work) throws Exception {
		long thread = listener(listener);
		Duration database = this.environment.databaseTime();
		long before = this.threads.getThreadCpuTime(thread);
		long start = System.nanoTime();
		work.run();
		long nanos = System.nanoTime() - start;
		return List.of(Variant.perSecond(records, nanos),
				(this.threads.getThreadCpuTime(thread) - before) / 1000.0 / records,
				this.environment.databaseTime().minus(database).toNanos() / 1000.0 / records);
	}

	private long listener(String listener) {
		for (ThreadInfo thread : this.threads.getThreadInfo(this.threads.getAllThreadIds())) {
			if (thread != null && thread.getThreadName().startsWith(listener + "-0")) {
				return thread.getThreadId();
			}
		}
		throw new IllegalStateException("No thread of listener " + listener);
	}

}
