// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.servers;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the servers of a data directory, and starts them if they do not answer.
 */
final class ServersLauncher implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ServersLauncher.class);

	private static final Duration STARTUP = Duration.ofMinutes(2);

	private static final long POLL_MILLIS = 100;

	private final Path data;

	private final Duration idle;

	private final String mainClass;

	private @Nullable ServersConnection connection;

	ServersLauncher(Path data, Duration idle, String mainClass) {
		this.data = data.toAbsolutePath();
		this.idle = idle;
		this.mainClass = mainClass;
	}

	/**
	 * Connects to the servers and keeps them alive until this process ends or closes.
	 * @return where they listen
	 * @throws IOException if they do not start
	 */
	ServerAddresses connect() throws IOException {
		Files.createDirectories(this.data);
		try (FileChannel file = FileChannel.open(this.data.resolve("launch.lock"), StandardOpenOption.CREATE,
				StandardOpenOption.WRITE); FileLock lock = file.lock()) {
			ServerAddresses running = ServerAddresses.load(this.data);
			this.connection = ServersConnection.open(running);
			if (this.connection == null || running == null) {
				ServerAddresses.forget(this.data);
				running = await(launch());
			}
			return running;
		}
	}

	@Override
	public void close() throws IOException {
		if (this.connection != null) {
			this.connection.close();
		}
	}

	private Process launch() throws IOException {
		Path log = this.data.resolve("servers.log");
		logger.info("Starting PostgreSQL, Kafka and an AMQP broker in {}, see {}", this.data, log);
		return new ProcessBuilder(command()).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.to(log.toFile()))
			.start();
	}

	private List<String> command() {
		String classPath = System.getProperty("java.class.path");
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.add("-Xmx768m");
		command.add("-Dlogback.configurationFile=servers/logback.xml");
		boolean single = !classPath.contains(File.pathSeparator) && classPath.endsWith(".jar");
		command.addAll(single ? List.of("-jar", classPath) : List.of("-cp", classPath, this.mainClass));
		command.addAll(List.of(EmbeddedServers.COMMAND, this.data.toString(), this.idle.toString()));
		return command;
	}

	private ServerAddresses await(Process process) throws IOException {
		try {
			for (long waited = 0; waited < STARTUP.toMillis(); waited += POLL_MILLIS) {
				ServerAddresses addresses = ServerAddresses.load(this.data);
				this.connection = ServersConnection.open(addresses);
				if (this.connection != null && addresses != null) {
					return addresses;
				}
				if (process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
					break;
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		process.destroy();
		throw new IOException("The embedded servers did not start; read " + this.data.resolve("servers.log")
				+ ", or delete " + this.data + " to begin anew, or use servers of your own with profile 'servers'");
	}

}
