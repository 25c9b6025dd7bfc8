// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server of the test's own that may be stopped, killed and started again on
 * the same data and the same port. It syncs to disk as a production server does.
 */
public final class PrivatePostgres extends PooledDatabase {

	private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

	private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

	private static final String USERNAME = "postgres";

	private final PostgresBinaries binaries;

	private final TempDirectory directory;

	private final List<String> settings;

	private final int port = Ports.free();

	private List<ProcessHandle> backends = List.of();

	private @Nullable ChildProcess postmaster;

	private PrivatePostgres(PostgresBinaries binaries, List<String> settings) {
		super(USERNAME, "");
		this.binaries = binaries;
		this.directory = TempDirectory.create("postgres");
		this.settings = List.copyOf(settings);
	}

	/**
	 * Creates and starts a server.
	 * @param settings further server settings, such as {@code wal_level=logical}
	 */
	public static PrivatePostgres started(String... settings) {
		return started(PostgresBinaries.find(), settings);
	}

	static PrivatePostgres started(PostgresBinaries binaries, String... settings) {
		PrivatePostgres postgres = new PrivatePostgres(binaries, List.of(settings));
		AtExit.close(postgres);
		try {
			postgres.initialize();
			postgres.start();
			return postgres;
		}
		catch (RuntimeException ex) {
			postgres.close();
			throw ex;
		}
	}

	/**
	 * Starts a server that follows this one, which is restarted for it. What it has not
	 * received is lost to it when it is promoted.
	 */
	public synchronized PrivatePostgres standby() {
		List<String> following = new ArrayList<>(this.settings);
		following.add("primary_conninfo=host=127.0.0.1 port=" + this.port + " user=" + USERNAME);
		PrivatePostgres standby = new PrivatePostgres(this.binaries, following);
		AtExit.close(standby);
		stopFast();
		forgetConnections();
		this.directory.copy("data", standby.directory);
		standby.directory.write("data/standby.signal", "");
		start();
		standby.start();
		return standby;
	}

	/**
	 * Makes a standby a server of its own.
	 */
	public synchronized void promote() {
		try (Connection connection = connect(); Statement statement = connection.createStatement()) {
			ResultSet promoted = statement.executeQuery("select pg_promote(true, " + START_TIMEOUT.toSeconds() + ")");
			if (!promoted.next() || !promoted.getBoolean(1)) {
				throw new IllegalStateException("The server on port " + this.port + " was not promoted");
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException("Cannot promote " + jdbcUrl(), ex);
		}
	}

	private void initialize() {
		List<String> command = this.binaries.command("initdb", "--pgdata=" + this.directory.resolve("data"),
				"--username=" + USERNAME, "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync");
		Commands.run(START_TIMEOUT, Map.of(), command);
	}

	/**
	 * Starts the server and waits until it accepts connections; does nothing if it runs.
	 */
	public synchronized void start() {
		if (isRunning()) {
			return;
		}
		awaitBackendsGone();
		List<String> command = new ArrayList<>(this.binaries.command("postgres", "-D",
				this.directory.resolve("data").toString(), "-p", Integer.toString(this.port), "-c",
				"listen_addresses=127.0.0.1", "-c", "unix_socket_directories="));
		this.settings.forEach((setting) -> command.addAll(List.of("-c", setting)));
		ChildProcess started = ChildProcess.start("PostgreSQL", new ProcessBuilder(command),
				this.directory.resolve("server.log"));
		this.postmaster = started;
		started.waitUntil(this::accepts, "accepted connections on port " + this.port, START_TIMEOUT);
	}

	/**
	 * Shuts down at once without a checkpoint, as {@code pg_ctl stop -m immediate} does:
	 * open transactions are lost and the next start recovers from the log.
	 */
	public synchronized void stopImmediately() {
		stop("QUIT");
	}

	/**
	 * Closes all connections, writes a checkpoint and shuts down.
	 */
	public synchronized void stopFast() {
		stop("INT");
	}

	/**
	 * Sends SIGKILL to the postmaster; its backends notice and end on their own.
	 */
	public synchronized void kill9() {
		ChildProcess running = running();
		this.backends = running.process().descendants().toList();
		running.kill9();
	}

	/**
	 * Stops the server if it runs, at once and without a checkpoint, and starts it again.
	 */
	public synchronized void restart() {
		if (isRunning()) {
			stopImmediately();
		}
		start();
	}

	/**
	 * Processor time the processes that run now have used.
	 */
	public synchronized Duration processorTime() {
		return running().process()
			.descendants()
			.map((process) -> process.info().totalCpuDuration().orElse(Duration.ZERO))
			.reduce(Duration.ZERO, Duration::plus);
	}

	/**
	 * Stops all server processes where they stand; connections stay open.
	 */
	public synchronized void pause() {
		ChildProcess running = running();
		try {
			running.pause();
			running.process().descendants().forEach(Signals::stop);
		}
		catch (RuntimeException ex) {
			resume();
			throw ex;
		}
	}

	public synchronized void resume() {
		ChildProcess running = running();
		running.process().descendants().forEach((backend) -> Signals.send("CONT", backend));
		running.resume();
	}

	/**
	 * Terminates all other client connections.
	 * @return how many there were
	 */
	public int terminateBackends() {
		try (Connection connection = connect(); Statement statement = connection.createStatement()) {
			ResultSet terminated = statement.executeQuery("""
					select count(pg_terminate_backend(pid)) from pg_stat_activity
					where backend_type = 'client backend' and pid <> pg_backend_pid()""");
			terminated.next();
			return terminated.getInt(1);
		}
		catch (SQLException ex) {
			throw new IllegalStateException("Cannot terminate the backends of " + jdbcUrl(), ex);
		}
	}

	public synchronized boolean isRunning() {
		return this.postmaster != null && this.postmaster.isAlive();
	}

	public int port() {
		return this.port;
	}

	@Override
	public String jdbcUrl() {
		return "jdbc:postgresql://127.0.0.1:" + this.port + "/postgres";
	}

	ServerAddress address() {
		return new ServerAddress("127.0.0.1", this.port, USERNAME, "");
	}

	@Override
	void remove() {
		if (isRunning()) {
			resume();
			stopImmediately();
		}
		awaitBackendsGone();
		this.directory.close();
	}

	private void stop(String signal) {
		ChildProcess running = running();
		running.signal(signal);
		running.waitForExit(STOP_TIMEOUT);
	}

	private ChildProcess running() {
		if (this.postmaster == null || !this.postmaster.isAlive()) {
			throw new IllegalStateException("The server on port " + this.port + " is not running");
		}
		return this.postmaster;
	}

	private boolean accepts() {
		try (Connection connection = connect()) {
			return connection.isValid(1);
		}
		catch (SQLException ex) {
			return false;
		}
	}

	private Connection connect() throws SQLException {
		return DriverManager.getConnection(jdbcUrl() + "?connectTimeout=2&socketTimeout=10", USERNAME, "");
	}

	private void awaitBackendsGone() {
		Awaitility.await("backends of the killed server on port " + this.port + " to end")
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(10))
			.atMost(STOP_TIMEOUT)
			.until(() -> this.backends.stream().noneMatch(Signals::isRunning));
	}

}
