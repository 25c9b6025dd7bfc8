// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class JavaProcessTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	@Test
	void argumentsPropertiesAndOutputPassThrough() {
		JavaProcess echo = JavaProcess.of(Echo.class)
			.systemProperty("greeting", "good \"day\"")
			.environment("WHO", "world")
			.argument("a b", "c\\d");
		try (ChildProcess child = echo.start()) {
			assertThat(child.waitForExit(TIMEOUT)).isEqualTo(3);
			assertThat(child.lines()).contains("good \"day\" world", "[a b, c\\d]", "to standard error");
		}
	}

	@Test
	void waitingForALineOfAnEndedProcessFailsAtOnceWithItsOutput() {
		try (ChildProcess child = JavaProcess.of(Echo.class).start()) {
			assertThatIllegalStateException().isThrownBy(() -> child.waitForLine("never", TIMEOUT))
				.withMessageContaining("ended with 3 before the line 'never'")
				.withMessageContaining("to standard error");
		}
	}

	@Test
	void killedProcessIsGoneAndItsFilesAreRemovedOnClose() {
		ChildProcess child = JavaProcess.of(Ticker.class).start();
		child.waitForLine("ready", TIMEOUT);
		child.pause();
		child.kill9();
		assertThat(child.isAlive()).isFalse();
		assertThat(child.waitForExit(TIMEOUT)).isEqualTo(128 + 9);
		Path directory = child.log().getParent();
		assertThat(directory).exists();
		child.close();
		assertThat(directory).doesNotExist();
	}

	@Test
	void pausedProcessDoesNothingUntilItIsResumed() {
		try (ChildProcess child = JavaProcess.of(Ticker.class).start()) {
			child.waitForLine("tick", TIMEOUT);
			child.pause();
			int ticks = child.lines().size();
			Awaitility.await().during(Duration.ofMillis(200)).until(() -> child.lines().size(), (now) -> now == ticks);
			child.resume();
			Awaitility.await().atMost(TIMEOUT).until(() -> child.lines().size() > ticks);
		}
	}

	@Test
	void childrenAndTheirFilesDoNotOutliveAKilledParent() {
		try (ChildProcess parent = JavaProcess.of(Parent.class).start()) {
			String[] child = parent.waitForLine("child", TIMEOUT).split(" ");
			ProcessHandle handle = ProcessHandle.of(Long.parseLong(child[1])).orElseThrow();
			Path log = Path.of(child[2]);
			assertThat(log).exists();
			parent.kill9();
			Awaitility.await().atMost(TIMEOUT).until(() -> !Signals.isRunning(handle) && !Files.exists(log));
		}
	}

	static final class Echo {

		public static void main(String[] arguments) {
			System.out.println(System.getProperty("greeting") + " " + System.getenv("WHO"));
			System.out.println(Arrays.toString(arguments));
			System.err.println("to standard error");
			System.exit(3);
		}

	}

	static final class Ticker {

		public static void main(String[] arguments) throws InterruptedException {
			System.out.println("ready");
			CountDownLatch never = new CountDownLatch(1);
			while (!never.await(10, TimeUnit.MILLISECONDS)) {
				System.out.println("tick");
			}
		}

	}

	static final class Parent {

		public static void main(String[] arguments) throws InterruptedException {
			ChildProcess child = JavaProcess.of(Ticker.class).start();
			child.waitForLine("ready", TIMEOUT);
			child.pause();
			System.out.println("child " + child.pid() + " " + child.log());
			new CountDownLatch(1).await();
		}

	}

}
