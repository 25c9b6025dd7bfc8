// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.servers;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the applications that hold a connection. The operating system closes the
 * connection of a killed one, so nobody has to say good-bye.
 */
final class ClientWatch implements AutoCloseable {

	static final String GREETING = "idempotency-sample-servers";

	private static final Logger logger = LoggerFactory.getLogger(ClientWatch.class);

	private final Duration idle;

	private final ServerSocket socket;

	private final CountDownLatch ended = new CountDownLatch(1);

	private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);

	private int connected;

	private @Nullable ScheduledFuture<?> end;

	ClientWatch(Duration idle) throws IOException {
		this.idle = idle;
		this.timer.setRemoveOnCancelPolicy(true);
		this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		count(0);
		daemon(this::accept, "clients");
	}

	int port() {
		return this.socket.getLocalPort();
	}

	void awaitIdle() throws InterruptedException {
		this.ended.await();
	}

	private void accept() {
		while (!this.socket.isClosed()) {
			try {
				Socket client = this.socket.accept();
				// Closing the socket does not take back an accept that is under way.
				if (this.timer.isShutdown()) {
					client.close();
				}
				else {
					daemon(() -> serve(client), "client-" + client.getPort());
				}
			}
			catch (IOException ex) {
				logger.debug("Stopped listening for applications", ex);
			}
		}
	}

	private void serve(Socket client) {
		count(1);
		try (client) {
			client.getOutputStream().write((GREETING + "\n").getBytes(StandardCharsets.US_ASCII));
			client.getInputStream().transferTo(OutputStream.nullOutputStream());
		}
		catch (IOException ex) {
			logger.debug("An application broke off", ex);
		}
		finally {
			count(-1);
		}
	}

	private synchronized void count(int change) {
		this.connected += change;
		if (this.end != null) {
			this.end.cancel(false);
			this.end = null;
		}
		if (this.connected == 0 && !this.timer.isShutdown()) {
			this.end = this.timer.schedule(this.ended::countDown, this.idle.toMillis(), TimeUnit.MILLISECONDS);
		}
	}

	private static void daemon(Runnable work, String name) {
		Thread thread = new Thread(work, name);
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() throws IOException {
		this.timer.shutdownNow();
		this.socket.close();
	}

}
