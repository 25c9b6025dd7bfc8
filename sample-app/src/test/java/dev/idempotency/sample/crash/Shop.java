// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.idempotency.testing.ChildProcess;
import dev.idempotency.testing.JavaProcess;

/**
 * The sample as a process of its own, always at the same address.
 */
final class Shop implements AutoCloseable {

	private static final Duration STARTUP = Duration.ofMinutes(2);

	private final int port = freePort();

	private final Class<?> main;

	private final List<String> properties;

	private ChildProcess process;

	/**
	 * Starts the sample and does not wait for it.
	 * @param main the application
	 * @param properties configuration, each {@code name=value}
	 */
	Shop(Class<?> main, List<String> properties) {
		this.main = main;
		this.properties = new ArrayList<>(properties);
		this.properties.add("server.port=" + this.port);
		this.properties.add("idempotency.outbox.relay.lease=2s");
		this.properties.add("spring.datasource.hikari.data-source-properties.ApplicationName=${PID}");
		this.properties.add("logging.level.dev.idempotency=INFO");
		this.process = launch();
	}

	String url() {
		return "http://127.0.0.1:" + this.port;
	}

	ChildProcess process() {
		return this.process;
	}

	void awaitReady() {
		this.process.waitForLine("READY http", STARTUP);
	}

	/**
	 * Kills the process, as the kernel would, and starts it anew.
	 */
	void killAndRestart() {
		this.process.kill9();
		this.process = launch();
	}

	private ChildProcess launch() {
		JavaProcess java = JavaProcess.of(this.main)
			.option("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx384m", "-Xss512k");
		this.properties.forEach((property) -> java.argument("--" + property));
		return java.start();
	}

	@Override
	public void close() {
		this.process.close();
	}

	private static int freePort() {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
