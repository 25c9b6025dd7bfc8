// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.nio.file.Path;
import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatNoException;

class SignalsTests {

	@AutoClose
	private final TempDirectory directory = TempDirectory.create("signals");

	@Test
	void processThatEndedButWasNotAskedForItsExitValueNeedNoStopping() {
		Path log = this.directory.resolve("log");
		ProcessBuilder parent = new ProcessBuilder("/bin/sh", "-c", "sleep 0.5 & echo pid $!; exec sleep 60");
		try (ChildProcess child = ChildProcess.start("parent", parent, log)) {
			String pid = child.waitForLine("pid", Duration.ofSeconds(30)).substring(4);
			ProcessHandle ended = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
			Awaitility.await().until(() -> !Signals.isRunning(ended));
			assertThatNoException().isThrownBy(() -> Signals.stop(ended));
		}
	}

}
