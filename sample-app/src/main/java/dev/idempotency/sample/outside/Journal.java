// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.outside;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Lines on disk: what the outside world did, it remembers when it is started again.
 */
final class Journal implements AutoCloseable {

	private final Path file;

	private final FileChannel channel;

	Journal(Path file) throws IOException {
		Files.createDirectories(file.toAbsolutePath().getParent());
		this.file = file;
		this.channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
	}

	List<String> lines() throws IOException {
		return Files.readAllLines(this.file);
	}

	synchronized void append(String line) throws IOException {
		ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
		while (bytes.hasRemaining()) {
			this.channel.write(bytes);
		}
		this.channel.force(false);
	}

	@Override
	public void close() throws IOException {
		this.channel.close();
	}

}
