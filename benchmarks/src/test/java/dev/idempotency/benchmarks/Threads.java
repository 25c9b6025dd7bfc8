// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Does work on several threads.
 */
final class Threads {

	private Threads() {
	}

	static <T> void each(int threads, List<T> items, Consumer<T> work) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			List<? extends Future<?>> all = IntStream.range(0, threads).mapToObj((thread) -> executor.submit(() -> {
				for (int i = thread; i < items.size(); i += threads) {
					work.accept(items.get(i));
				}
			})).toList();
			for (Future<?> one : all) {
				one.get();
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

}
