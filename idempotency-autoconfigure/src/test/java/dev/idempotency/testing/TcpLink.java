// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection through a {@link TcpProxy}.
 */
final class TcpLink {

	private static final Logger logger = LoggerFactory.getLogger(TcpLink.class);

	private static final int BUFFER_SIZE = 16 * 1024;

	private static final int REMEMBERED = 256;

	private final TcpProxy proxy;

	private final Socket client;

	private final Socket server = new Socket();

	private TcpProxy.@Nullable Trap pending;

	private volatile boolean forgotten;

	TcpLink(TcpProxy proxy, Socket client) {
		this.proxy = proxy;
		this.client = client;
	}

	void connect(InetSocketAddress address) {
		try {
			this.server.connect(address, 5_000);
			this.server.setTcpNoDelay(true);
			this.client.setTcpNoDelay(true);
			thread("requests", () -> run(this::forwardRequests));
			thread("replies", () -> run(this::forwardReplies));
		}
		catch (IOException ex) {
			logger.debug("Cannot connect to {}", address, ex);
			cut();
		}
	}

	void forget() {
		this.forgotten = true;
	}

	void cut() {
		closeQuietly(this.client);
		closeQuietly(this.server);
		this.proxy.ended(this);
	}

	private void run(Pump pump) {
		try {
			pump.run();
		}
		catch (IOException ex) {
			logger.debug("Connection through the proxy on port {} ended", this.proxy.port(), ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			cut();
		}
	}

	private void forwardRequests() throws IOException {
		byte[] buffer = new byte[BUFFER_SIZE];
		byte[] before = new byte[0];
		for (int read; (read = this.client.getInputStream().read(buffer)) != -1;) {
			if (this.forgotten) {
				continue;
			}
			byte[] bytes = Arrays.copyOf(buffer, read);
			TcpProxy.Trap trap = this.proxy.spring(before, bytes);
			if (trap != null && !trap.afterReply()) {
				cut();
				trap.sprung().complete(null);
				return;
			}
			forward(bytes, trap);
			before = end(before, bytes);
		}
	}

	/**
	 * Under the same lock as the delivery of replies, so that no answer to these bytes is
	 * delivered before the trap is in its way.
	 */
	private synchronized void forward(byte[] bytes, TcpProxy.@Nullable Trap trap) throws IOException {
		this.server.getOutputStream().write(bytes);
		if (trap != null) {
			this.pending = trap;
		}
	}

	private void forwardReplies() throws IOException, InterruptedException {
		byte[] buffer = new byte[BUFFER_SIZE];
		for (int read; (read = this.server.getInputStream().read(buffer)) != -1;) {
			this.proxy.awaitUnmuted();
			TcpProxy.Trap trap = pendingTrap();
			if (trap != null) {
				cut();
				trap.sprung().complete(null);
				return;
			}
			if (!this.forgotten) {
				this.client.getOutputStream().write(buffer, 0, read);
			}
		}
	}

	private synchronized TcpProxy.@Nullable Trap pendingTrap() {
		return this.pending;
	}

	private static byte[] end(byte[] before, byte[] bytes) {
		byte[] all = Arrays.copyOf(before, before.length + bytes.length);
		System.arraycopy(bytes, 0, all, before.length, bytes.length);
		return Arrays.copyOfRange(all, Math.max(0, all.length - REMEMBERED), all.length);
	}

	static Thread thread(String purpose, Runnable task) {
		Thread thread = new Thread(task, "tcp-proxy-" + purpose);
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

	static void closeQuietly(Closeable closeable) {
		try {
			closeable.close();
		}
		catch (IOException ex) {
			logger.debug("Cannot close {}", closeable, ex);
		}
	}

	@FunctionalInterface
	private interface Pump {

		void run() throws IOException, InterruptedException;

	}

}
