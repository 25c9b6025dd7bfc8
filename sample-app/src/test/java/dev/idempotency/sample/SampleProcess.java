// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample;

import java.time.Duration;
import java.util.List;

import dev.idempotency.testing.ChildProcess;
import dev.idempotency.testing.JavaProcess;

/**
 * The sample as a process of its own, on a free port unless one is given, to be killed.
 */
public final class SampleProcess implements AutoCloseable {

	private static final Duration STARTUP = Duration.ofMinutes(3);

	private static final String READY = "READY http://127\\.0\\.0\\.1:\\d+";

	private final ChildProcess process;

	private final String url;

	private SampleProcess(ChildProcess process, String url) {
		this.process = process;
		this.url = url;
	}

	/**
	 * Starts the sample and waits until it listens.
	 * @param properties configuration, each {@code name=value}
	 * @return the running sample
	 */
	public static SampleProcess start(List<String> properties) {
		JavaProcess java = JavaProcess.of(SampleApplication.class);
		if (properties.stream().noneMatch((property) -> property.startsWith("server.port="))) {
			java.argument("--server.port=0");
		}
		properties.forEach((property) -> java.argument("--" + property));
		ChildProcess process = java.start();
		String line = process.waitForLine(READY, STARTUP);
		return new SampleProcess(process, line.substring(line.indexOf("http")).trim());
	}

	/**
	 * Where it listens.
	 * @return the URL, without a slash at its end
	 */
	public String url() {
		return this.url;
	}

	/**
	 * The process, to be killed or asked for its output.
	 * @return the process
	 */
	public ChildProcess process() {
		return this.process;
	}

	@Override
	public void close() {
		this.process.close();
	}

}
