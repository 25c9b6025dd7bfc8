// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes sure that no child process and no temporary directory outlives this JVM, even if
 * it is killed with SIGKILL and even if the child is stopped: a small shell waits for the
 * end of its standard input, which only happens when this JVM is gone, then kills and
 * removes what is left. Without {@code /bin/sh} a shutdown hook does what it can.
 */
final class Reaper {

	private static final Logger logger = LoggerFactory.getLogger(Reaper.class);

	private static final String SCRIPT = """
			trap '' HUP INT TERM
			pids=' ' dirs=' '
			while read -r what value; do
			  case $what in
			    child) pids="$pids$value " ;;
			    gone) pids="${pids%% $value *} ${pids#* $value }" ;;
			    dir) dirs="$dirs$value " ;;
			    removed) dirs="${dirs%% $value *} ${dirs#* $value }" ;;
			  esac
			done
			for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
			for attempt in 1 2 3 4 5; do
			  for dir in $dirs; do rm -rf "$dir" 2>/dev/null; done
			done
			""";

	private static final @Nullable PrintStream shell = startShell();

	private Reaper() {
	}

	/**
	 * Binds the life of a process to that of this JVM.
	 */
	static void killAtExit(ProcessHandle child) {
		if (shell == null) {
			Runtime.getRuntime().addShutdownHook(new Thread(child::destroyForcibly));
			return;
		}
		tell("child", Long.toString(child.pid()));
		child.onExit().thenRun(() -> tell("gone", Long.toString(child.pid())));
	}

	static void removeDirectory(Path directory) {
		tell("dir", directory.toString());
	}

	static void forgetDirectory(Path directory) {
		tell("removed", directory.toString());
	}

	private static void tell(String what, String value) {
		PrintStream out = shell;
		if (out != null && value.indexOf(' ') == -1) {
			synchronized (out) {
				out.print(what + " " + value + "\n");
				out.flush();
			}
		}
	}

	private static @Nullable PrintStream startShell() {
		Path shellPath = Path.of("/bin/sh");
		if (!Files.isExecutable(shellPath)) {
			return null;
		}
		try {
			Process process = new ProcessBuilder(shellPath.toString(), "-c", SCRIPT)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.redirectError(ProcessBuilder.Redirect.DISCARD)
				.start();
			return new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			logger.warn("Cannot start {}: child processes outlive this JVM if it is killed", shellPath, ex);
			return null;
		}
	}

}
