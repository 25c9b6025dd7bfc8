// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL that keeps what it confirmed.
 */
final class PostgresServer implements EmbeddedServer {

	private static final Logger logger = LoggerFactory.getLogger(PostgresServer.class);

	private static final Duration STARTUP = Duration.ofSeconds(60);

	private final Path data;

	private final CountDownLatch closed = new CountDownLatch(1);

	private @Nullable EmbeddedPostgres postgres;

	PostgresServer(Path data) {
		this.data = data;
	}

	@Override
	public int start() throws Exception {
		stopOrphan();
		return start(EmbeddedServer.freePort());
	}

	private synchronized int start(int port) throws IOException {
		this.postgres = EmbeddedPostgres.builder()
			.setPort(port)
			.setDataDirectory(this.data)
			.setCleanDataDirectory(false)
			.setRegisterShutdownHook(false)
			.setServerConfig("fsync", "on")
			.setServerConfig("listen_addresses", "127.0.0.1")
			.setPGStartupWait(STARTUP)
			.start();
		return this.postgres.getPort();
	}

	/**
	 * A server left over from a killed process still owns the data directory.
	 */
	private void stopOrphan() throws Exception {
		Path pidFile = this.data.resolve("postmaster.pid");
		if (!Files.exists(pidFile)) {
			return;
		}
		long pid = Long.parseLong(Files.readAllLines(pidFile).get(0).trim());
		ProcessHandle orphan = ProcessHandle.of(pid).filter(PostgresServer::isPostgres).orElse(null);
		if (orphan != null && orphan.destroy()) {
			CompletableFuture<ProcessHandle> exit = orphan.onExit();
			exit.get(STARTUP.toSeconds(), TimeUnit.SECONDS);
		}
	}

	private static boolean isPostgres(ProcessHandle process) {
		return process.info().command().filter((command) -> command.contains("postgres")).isPresent();
	}

	/**
	 * Stops the server and starts it again where it was.
	 * @param time how long it is away
	 */
	synchronized void off(Duration time) {
		EmbeddedPostgres running = this.postgres;
		if (running == null) {
			return;
		}
		int port = running.getPort();
		try {
			stop();
			logger.warn("PostgreSQL is away for {}", time);
			if (!this.closed.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
				start(port);
				logger.warn("PostgreSQL is back");
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException("PostgreSQL did not come back", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private synchronized void stop() throws IOException {
		EmbeddedPostgres running = this.postgres;
		this.postgres = null;
		if (running != null) {
			running.close();
		}
	}

	@Override
	public void close() throws IOException {
		this.closed.countDown();
		stop();
	}

	@Override
	public String toString() {
		return "PostgreSQL in " + this.data;
	}

}
