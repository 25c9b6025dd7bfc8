// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs command line tools to their end.
 */
final class Commands {

	private Commands() {
	}

	/**
	 * Runs a command.
	 * @return what it printed
	 * @throws IllegalStateException if it failed or took too long
	 */
	static String run(Duration timeout, String... command) {
		return run(timeout, Map.of(), List.of(command));
	}

	static String run(Duration timeout, Map<String, String> environment, List<String> command) {
		try (TempDirectory directory = TempDirectory.create("command")) {
			Path output = directory.resolve("output");
			ProcessBuilder builder = new ProcessBuilder(command);
			builder.environment().putAll(environment);
			Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
			boolean ended = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
			if (!ended) {
				process.destroyForcibly().waitFor();
			}
			String text = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
			if (!ended || process.exitValue() != 0) {
				throw new IllegalStateException(
						command + (ended ? " failed: " : " did not end within " + timeout + ": ") + text);
			}
			return text;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot run " + command, ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while running " + command, ex);
		}
	}

	/**
	 * Finds an executable on the path or at one of the given places.
	 */
	static Optional<Path> find(String name, String... places) {
		String[] path = System.getenv().getOrDefault("PATH", "").split(File.pathSeparator);
		return Stream.concat(Arrays.stream(places), Arrays.stream(path))
			.filter((place) -> !place.isEmpty())
			.map((place) -> Path.of(place, name))
			.filter(Files::isExecutable)
			.findFirst();
	}

}
