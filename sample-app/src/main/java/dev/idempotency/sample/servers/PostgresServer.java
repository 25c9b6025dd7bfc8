// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL that keeps what it confirmed.
 */
final class PostgresServer implements EmbeddedServer {

	private static final Duration STARTUP = Duration.ofSeconds(60);

	private final Path data;

	private @Nullable EmbeddedPostgres postgres;

	PostgresServer(Path data) {
		this.data = data;
	}

	@Override
	public int start() throws Exception {
		stopOrphan();
		this.postgres = EmbeddedPostgres.builder()
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

	@Override
	public void close() throws IOException {
		if (this.postgres != null) {
			this.postgres.close();
		}
	}

	@Override
	public String toString() {
		return "PostgreSQL in " + this.data;
	}

}
