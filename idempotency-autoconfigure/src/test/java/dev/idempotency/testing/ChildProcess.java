// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A process started by a test, with everything it prints in one file. It never outlives
 * the JVM that started it.
 */
public final class ChildProcess implements AutoCloseable {

	private static final Duration EXIT_TIMEOUT = Duration.ofSeconds(15);

	private static final int TAIL_LINES = 40;

	private final String name;

	private final Process process;

	private final Path log;

	private final Runnable afterwards;

	private ChildProcess(String name, Process process, Path log, Runnable afterwards) {
		this.name = name;
		this.process = process;
		this.log = log;
		this.afterwards = afterwards;
	}

	static ChildProcess start(String name, ProcessBuilder builder, Path log) {
		return start(name, builder, log, () -> {
		});
	}

	/**
	 * Starts a process.
	 * @param name what it is called in messages
	 * @param builder the command and its environment
	 * @param log the file for all it prints
	 * @param afterwards what is left to do when it has been closed
	 */
	static ChildProcess start(String name, ProcessBuilder builder, Path log, Runnable afterwards) {
		try {
			Process process = builder.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
				.start();
			Reaper.killAtExit(process.toHandle());
			return new ChildProcess(name, process, log, afterwards);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot start " + name + ": " + builder.command(), ex);
		}
	}

	public long pid() {
		return this.process.pid();
	}

	public boolean isAlive() {
		return this.process.isAlive();
	}

	/**
	 * The file with standard output and standard error.
	 */
	public Path log() {
		return this.log;
	}

	/**
	 * What the process printed so far.
	 */
	public List<String> lines() {
		try {
			return new String(Files.readAllBytes(this.log), StandardCharsets.UTF_8).lines().toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot read " + this.log, ex);
		}
	}

	/**
	 * Waits until the process printed a line in which the regular expression is found.
	 * @return the first such line
	 * @throws IllegalStateException with the end of the log, if the process ends or time
	 * runs out before
	 */
	public String waitForLine(String regex, Duration timeout) {
		Pattern pattern = Pattern.compile(regex);
		waitUntil(() -> anyLine(pattern), "the line '" + regex + "'", timeout);
		return lines().stream().filter(pattern.asPredicate()).findFirst().orElseThrow();
	}

	/**
	 * Waits for the end of the process.
	 * @return its exit value; on Unix 128 plus the signal if it was killed
	 * @throws IllegalStateException with the end of the log, if time runs out before
	 */
	public int waitForExit(Duration timeout) {
		try {
			return this.process.onExit().get(timeout.toMillis(), TimeUnit.MILLISECONDS).exitValue();
		}
		catch (TimeoutException | ExecutionException ex) {
			throw new IllegalStateException(this + " did not end within " + timeout + tail(), ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while waiting for " + this, ex);
		}
	}

	/**
	 * Sends SIGKILL and waits until the process is gone. It may be paused.
	 */
	public void kill9() {
		this.process.destroyForcibly();
		waitForExit(EXIT_TIMEOUT);
	}

	/**
	 * Stops the process where it stands (SIGSTOP); its connections stay open. Returns
	 * when all its threads stand still.
	 */
	public void pause() {
		Signals.stop(this.process.toHandle());
	}

	/**
	 * Lets a paused process go on (SIGCONT).
	 */
	public void resume() {
		signal("CONT");
	}

	/**
	 * Asks the process to end (SIGTERM) and waits until it did.
	 * @throws IllegalStateException with the end of the log, if time runs out before
	 */
	public void terminate(Duration timeout) {
		this.process.destroy();
		waitForExit(timeout);
	}

	/**
	 * Kills the process if it runs and removes its files.
	 */
	@Override
	public void close() {
		if (isAlive()) {
			kill9();
		}
		this.afterwards.run();
	}

	void waitUntil(BooleanSupplier condition, String what, Duration timeout) {
		try {
			Awaitility.await()
				.pollDelay(Duration.ZERO)
				.pollInterval(Duration.ofMillis(25))
				.atMost(timeout)
				.until(() -> !isAlive() || condition.getAsBoolean());
		}
		catch (ConditionTimeoutException ex) {
			throw new IllegalStateException("Waited " + timeout + " for " + what + " of " + this + " in vain" + tail(),
					ex);
		}
		if (!condition.getAsBoolean()) {
			throw new IllegalStateException(
					this + " ended with " + this.process.exitValue() + " before " + what + tail());
		}
	}

	void signal(String signal) {
		Signals.send(signal, this.process.toHandle());
	}

	Process process() {
		return this.process;
	}

	private boolean anyLine(Pattern pattern) {
		return lines().stream().anyMatch(pattern.asPredicate());
	}

	private String tail() {
		List<String> lines = lines();
		return ". Last lines of " + this.log + ":\n"
				+ String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
	}

	@Override
	public String toString() {
		return this.name + " (pid " + pid() + ")";
	}

}
