// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The command line tool {@code rabbitmqctl}.
 *
 * @param program where it is
 * @param environment which node it speaks to
 */
record RabbitControl(Path program, Map<String, String> environment) {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	/**
	 * The tool as it is set up on this machine.
	 */
	static Optional<RabbitControl> find() {
		return Commands.find("rabbitmqctl", "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")
			.map((program) -> new RabbitControl(program, Map.of()));
	}

	/**
	 * Runs a command.
	 * @return what it printed
	 * @throws IllegalStateException if it failed
	 */
	String run(String... arguments) {
		List<String> command = new ArrayList<>(List.of(this.program.toString(), "--quiet"));
		command.addAll(List.of(arguments));
		return Commands.run(TIMEOUT, this.environment, command);
	}

}
