// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.servers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * Tells the servers that an application needs them, for as long as it is open.
 */
final class ServersConnection implements AutoCloseable {

	private static final int TIMEOUT_MILLIS = 2000;

	private final Socket socket;

	private ServersConnection(Socket socket) {
		this.socket = socket;
	}

	/**
	 * Connects to servers that may be gone.
	 * @param addresses where they were
	 * @return the connection, or {@code null} if they do not answer
	 */
	static @Nullable ServersConnection open(@Nullable ServerAddresses addresses) {
		if (addresses == null) {
			return null;
		}
		Socket socket = new Socket();
		try {
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), addresses.clients()),
					TIMEOUT_MILLIS);
			socket.setSoTimeout(TIMEOUT_MILLIS);
			BufferedReader in = new BufferedReader(
					new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
			if (ClientWatch.GREETING.equals(in.readLine())) {
				return new ServersConnection(socket);
			}
			socket.close();
			return null;
		}
		catch (IOException ex) {
			return null;
		}
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
