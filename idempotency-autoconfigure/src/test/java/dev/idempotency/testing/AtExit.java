// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.util.ArrayDeque;
import java.util.Deque;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes what a test left open when the JVM ends, the youngest first.
 */
final class AtExit {

	private static final Logger logger = LoggerFactory.getLogger(AtExit.class);

	private static final Deque<AutoCloseable> open = new ArrayDeque<>();

	static {
		Runtime.getRuntime().addShutdownHook(new Thread(AtExit::closeAll, "close-test-servers"));
	}

	private AtExit() {
	}

	static void close(AutoCloseable resource) {
		synchronized (open) {
			open.push(resource);
		}
	}

	static void forget(AutoCloseable resource) {
		synchronized (open) {
			open.removeIf((candidate) -> candidate == resource);
		}
	}

	private static void closeAll() {
		for (AutoCloseable resource = next(); resource != null; resource = next()) {
			try {
				resource.close();
			}
			catch (Exception ex) {
				logger.warn("Cannot close {} at exit", resource, ex);
			}
		}
	}

	private static @Nullable AutoCloseable next() {
		synchronized (open) {
			return open.poll();
		}
	}

}
