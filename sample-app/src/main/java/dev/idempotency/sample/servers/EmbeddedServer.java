// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/**
 * A server inside this process, or started by it.
 */
interface EmbeddedServer extends AutoCloseable {

	/**
	 * Starts the server on its data, creating that the first time.
	 * @return the port it listens on
	 * @throws Exception if it does not start
	 */
	int start() throws Exception;

	/**
	 * Finds a port of the loopback interface that nobody listens on.
	 * @return the port
	 * @throws IOException if there is none
	 */
	static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

}
