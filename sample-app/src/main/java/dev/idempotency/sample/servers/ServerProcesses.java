// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.servers;

import java.util.ArrayDeque;
import java.util.Deque;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers that were started, stopped in reverse order and once.
 */
final class ServerProcesses implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ServerProcesses.class);

	private final Deque<EmbeddedServer> started = new ArrayDeque<>();

	synchronized int add(EmbeddedServer server) throws Exception {
		this.started.push(server);
		return server.start();
	}

	@Override
	public synchronized void close() {
		while (!this.started.isEmpty()) {
			EmbeddedServer server = this.started.pop();
			try {
				server.close();
			}
			catch (Exception ex) {
				logger.warn("{} did not stop cleanly", server, ex);
			}
		}
	}

}
