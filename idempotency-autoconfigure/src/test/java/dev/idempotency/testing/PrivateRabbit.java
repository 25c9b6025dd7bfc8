// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;

import com.rabbitmq.client.ConnectionFactory;
import org.jspecify.annotations.Nullable;

/**
 * A RabbitMQ node of the test's own, from the programs installed on this machine, that
 * may be stopped, killed and started again on the same data and the same port. It shares
 * nothing with the machine's own node, the port mapper included.
 */
public final class PrivateRabbit implements AutoCloseable {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final TempDirectory directory = TempDirectory.create("rabbitmq");

	private final int port = Ports.free();

	private final Path scripts;

	private final Map<String, String> environment;

	private final ChildProcess portMapper;

	private @Nullable ChildProcess node;

	private int starts;

	private PrivateRabbit(Path scripts, Path portMapper) {
		this.scripts = scripts;
		int mapperPort = Ports.free();
		this.environment = environment(mapperPort);
		this.directory.write("enabled_plugins", "[].\n");
		this.directory.write("rabbitmq.conf",
				"listeners.tcp.1 = 127.0.0.1:" + this.port + "\ndisk_free_limit.absolute = 50MB\n");
		this.portMapper = ChildProcess.start("epmd", new ProcessBuilder(portMapper.toString(), "-port",
				Integer.toString(mapperPort), "-address", "127.0.0.1"), this.directory.resolve("epmd.log"));
	}

	/**
	 * Creates and starts a node. Skips the running test if RabbitMQ is not installed;
	 * with {@code CI=true} that is a failure.
	 */
	public static PrivateRabbit started() {
		PrivateRabbit rabbit = new PrivateRabbit(installed("rabbitmq-server"), installed("epmd"));
		AtExit.close(rabbit);
		try {
			rabbit.start();
			return rabbit;
		}
		catch (RuntimeException ex) {
			rabbit.close();
			throw ex;
		}
	}

	private static Path installed(String program) {
		return Commands.find(program, "/usr/lib/rabbitmq/bin", "/usr/local/sbin", "/opt/homebrew/sbin")
			.orElseThrow(() -> MissingServer.policy()
				.skipped("No RabbitMQ is installed", new IOException(program + " was not found")));
	}

	/**
	 * Starts the node and waits until it accepts connections; does nothing if it runs.
	 */
	public synchronized void start() {
		if (isRunning()) {
			return;
		}
		this.starts++;
		ProcessBuilder builder = new ProcessBuilder(this.scripts.toString());
		builder.environment().putAll(this.environment);
		ChildProcess started = ChildProcess.start("RabbitMQ", builder,
				this.directory.resolve("console-" + this.starts + ".log"));
		this.node = started;
		started.waitUntil(this::accepts, "accepted connections on port " + this.port, TIMEOUT);
	}

	/**
	 * Shuts the node down in an orderly way (SIGTERM).
	 */
	public synchronized void stop() {
		running().terminate(TIMEOUT);
	}

	/**
	 * Kills the Erlang machine with SIGKILL.
	 */
	public synchronized void kill9() {
		running().kill9();
	}

	/**
	 * Shuts the node down if it runs and starts it again on the same data and port.
	 */
	public synchronized void restart() {
		if (isRunning()) {
			stop();
		}
		start();
	}

	/**
	 * Stops the broker inside the running node; connections are closed, new ones refused.
	 */
	public void stopApp() {
		control("stop_app");
	}

	/**
	 * Starts the broker inside the running node again.
	 */
	public void startApp() {
		control("start_app");
	}

	/**
	 * Stops the node where it stands (SIGSTOP); connections stay open.
	 */
	public synchronized void pause() {
		running().pause();
	}

	public synchronized void resume() {
		running().resume();
	}

	/**
	 * Runs {@code rabbitmqctl} against this node.
	 * @return what it printed
	 */
	public String control(String... arguments) {
		return new RabbitControl(this.scripts.resolveSibling("rabbitmqctl"), this.environment).run(arguments);
	}

	public synchronized boolean isRunning() {
		return this.node != null && this.node.isAlive();
	}

	public int port() {
		return this.port;
	}

	/**
	 * A new connection factory for user {@code guest} and virtual host {@code /}; its
	 * connections do not recover by themselves.
	 */
	public ConnectionFactory connectionFactory() {
		ConnectionFactory factory = new ConnectionFactory();
		factory.setHost("127.0.0.1");
		factory.setPort(this.port);
		factory.setConnectionTimeout(2_000);
		factory.setAutomaticRecoveryEnabled(false);
		return factory;
	}

	@Override
	public synchronized void close() {
		if (this.node != null) {
			this.node.close();
		}
		this.portMapper.close();
		this.directory.close();
		AtExit.forget(this);
	}

	private ChildProcess running() {
		if (this.node == null || !this.node.isAlive()) {
			throw new IllegalStateException("The RabbitMQ node on port " + this.port + " is not running");
		}
		return this.node;
	}

	private boolean accepts() {
		try {
			connectionFactory().newConnection().close();
			return true;
		}
		catch (IOException | TimeoutException ex) {
			return false;
		}
	}

	private Map<String, String> environment(int mapperPort) {
		String home = this.directory.path().toString();
		String loopbackOnly = "-kernel inet_dist_use_interface {127,0,0,1}";
		Map<String, String> environment = new LinkedHashMap<>();
		environment.put("HOME", home);
		environment.put("ERL_EPMD_PORT", Integer.toString(mapperPort));
		environment.put("ERL_EPMD_ADDRESS", "127.0.0.1");
		environment.put("ERL_CRASH_DUMP", home + "/erl_crash.dump");
		environment.put("RABBITMQ_NODENAME", "idempotency" + this.port + "@localhost");
		environment.put("RABBITMQ_DIST_PORT", Integer.toString(Ports.free()));
		environment.put("RABBITMQ_CONF_ENV_FILE", home + "/rabbitmq-env.conf");
		environment.put("RABBITMQ_CONFIG_FILE", home + "/rabbitmq.conf");
		environment.put("RABBITMQ_ENABLED_PLUGINS_FILE", home + "/enabled_plugins");
		environment.put("RABBITMQ_MNESIA_BASE", home + "/mnesia");
		environment.put("RABBITMQ_GENERATED_CONFIG_DIR", home + "/config");
		environment.put("RABBITMQ_LOG_BASE", home + "/log");
		environment.put("RABBITMQ_PID_FILE", home + "/pid");
		environment.put("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", loopbackOnly);
		environment.put("RABBITMQ_CTL_ERL_ARGS", loopbackOnly);
		// Makes the start script become the Erlang machine instead of waiting beside it.
		environment.put("RUNNING_UNDER_SYSTEMD", "true");
		return environment;
	}

}
