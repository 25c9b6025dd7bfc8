// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers that are killed and come back.
 * <p>
 * They lie below the range from which systems take the source ports of outgoing
 * connections (Linux: 32768 to 60999). Inside that range a client that keeps knocking at
 * a dead server's port can end up connected to itself, or some other connection takes the
 * port, and the server cannot come back.
 */
public final class Ports {

	private static final int FIRST = 15_000;

	private static final int END = 32_000;

	private static final int ATTEMPTS = 1_000;

	private Ports() {
	}

	/**
	 * A port of the loopback interface that nobody listens on.
	 * @throws IllegalStateException if there is none
	 */
	public static int free() {
		for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
			int port = ThreadLocalRandom.current().nextInt(FIRST, END);
			if (isFree(port)) {
				return port;
			}
		}
		throw new IllegalStateException("No free port between " + FIRST + " and " + END);
	}

	static boolean isFree(int port) {
		try (ServerSocket socket = new ServerSocket()) {
			socket.setReuseAddress(true);
			socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

}
