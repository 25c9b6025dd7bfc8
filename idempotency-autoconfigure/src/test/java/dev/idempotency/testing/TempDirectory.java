// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory below {@code java.io.tmpdir} that is removed on close, or by the
 * {@link Reaper} if the JVM dies first.
 */
final class TempDirectory implements AutoCloseable {

	private final Path path;

	private TempDirectory(Path path) {
		this.path = path;
	}

	static TempDirectory create(String purpose) {
		try {
			Path path = Files.createTempDirectory("idempotency-" + purpose + "-");
			Reaper.removeDirectory(path);
			return new TempDirectory(path);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot create a temporary directory for " + purpose, ex);
		}
	}

	Path path() {
		return this.path;
	}

	Path resolve(String name) {
		return this.path.resolve(name);
	}

	Path write(String name, String content) {
		try {
			return Files.writeString(this.path.resolve(name), content);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot write " + name + " in " + this.path, ex);
		}
	}

	/**
	 * Copies a directory of this one, attributes included, to the same place of another.
	 */
	void copy(String name, TempDirectory target) {
		try (Stream<Path> files = Files.walk(resolve(name))) {
			for (Path file : files.toList()) {
				Files.copy(file, target.path.resolve(this.path.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot copy " + resolve(name) + " to " + target.path, ex);
		}
	}

	@Override
	public void close() {
		try {
			for (Path file : contents()) {
				Files.deleteIfExists(file);
			}
			Reaper.forgetDirectory(this.path);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot remove " + this.path, ex);
		}
	}

	private List<Path> contents() throws IOException {
		try (Stream<Path> files = Files.walk(this.path)) {
			return files.sorted(Comparator.reverseOrder()).toList();
		}
		catch (NoSuchFileException ex) {
			return List.of();
		}
	}

}
