// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class BackgroundLoopTests {

	@Test
	void aRoundThatEndsWithAnErrorIsNotTheLast(CapturedOutput output) throws Exception {
		CountDownLatch rounds = new CountDownLatch(3);
		BackgroundLoop loop = new BackgroundLoop("counting", () -> {
			rounds.countDown();
			throw new AssertionError("broken");
		}, Duration.ofMillis(1));
		loop.start();
		try {
			assertThat(rounds.await(30, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			loop.stop();
		}
		assertThat(output).contains("ERROR", "counting", "AssertionError: broken");
	}

	@ParameterizedTest
	@CsvSource({ "0, 1", "3, 4", "1000, 100" })
	void aRoundGoesOnWhileThereIsMoreWithinBounds(int more, int batches) {
		AtomicInteger done = new AtomicInteger();
		BackgroundLoop.inBatches("counting", () -> done.getAndIncrement() < more, Duration.ofHours(1)).run();
		assertThat(done).hasValue(batches);
	}

}
