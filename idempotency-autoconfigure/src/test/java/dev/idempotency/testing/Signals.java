// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.time.Duration;

/**
 * Unix signals to processes that may be gone already.
 */
final class Signals {

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
			Commands.run(Duration.ofSeconds(10), "kill", "-" + signal, Long.toString(process.pid()));
		}
		catch (IllegalStateException ex) {
			if (process.isAlive()) {
				throw ex;
			}
		}
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
