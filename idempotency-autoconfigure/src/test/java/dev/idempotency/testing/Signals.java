// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

import org.awaitility.Awaitility;

/**
 * Unix signals to processes that may be gone already.
 */
final class Signals {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private Signals() {
	}

	/**
	 * Sends a signal.
	 * @param signal the name without {@code SIG}
	 * @param process the receiver
	 * @throws IllegalStateException if the signal could not be sent to a living process
	 */
	static void send(String signal, ProcessHandle process) {
		try {
			Commands.run(TIMEOUT, "kill", "-" + signal, Long.toString(process.pid()));
		}
		catch (IllegalStateException ex) {
			if (process.isAlive()) {
				throw ex;
			}
		}
	}

	/**
	 * Stops a process where it stands and waits until all its threads do. On a busy
	 * machine they go on for a while after the signal was sent.
	 */
	static void stop(ProcessHandle process) {
		send("STOP", process);
		Awaitility.await("process " + process.pid() + " to stop")
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(5))
			.atMost(TIMEOUT)
			.until(() -> isStopped(process));
	}

	private static boolean isStopped(ProcessHandle process) throws IOException {
		Path threads = Path.of("/proc", Long.toString(process.pid()), "task");
		if (!process.isAlive()) {
			return true;
		}
		if (!Files.isDirectory(threads)) {
			return isStopped(Commands.run(TIMEOUT, "ps", "-o", "stat=", "-p", Long.toString(process.pid())).charAt(0));
		}
		try (Stream<Path> thread = Files.list(threads)) {
			return thread.allMatch(Signals::isStoppedThread);
		}
	}

	private static boolean isStoppedThread(Path thread) {
		try {
			String status = Files.readString(thread.resolve("stat"));
			return isStopped(status.charAt(status.lastIndexOf(')') + 2));
		}
		catch (IOException ex) {
			return !Files.exists(thread);
		}
	}

	/**
	 * Stopped (T, or t by a debugger), or ended and not yet buried (Z, X): a stopped
	 * parent buries nobody.
	 */
	private static boolean isStopped(char state) {
		return "TtZX".indexOf(state) != -1;
	}

	/**
	 * Whether a process that is not our child runs. One that ended, but whose parent did
	 * not ask for its exit value yet, counts as alive in {@link ProcessHandle#isAlive()},
	 * yet has no command any more.
	 */
	static boolean isRunning(ProcessHandle process) {
		return process.isAlive() && process.info().command().isPresent();
	}

}
