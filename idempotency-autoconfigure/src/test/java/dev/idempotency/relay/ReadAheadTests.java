// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ReadAheadTests {

	private final HandTime time = new HandTime();

	private final List<String> done = new ArrayList<>();

	private final ReadAhead ahead = new ReadAhead((task) -> this.time.after(Duration.ofSeconds(1), task),
			this.time.timing().signals().create());

	@Test
	void whoWantsTheReaderWaitsForIt() {
		this.ahead.begin(() -> this.done.add("read"));
		assertThat(this.done).isEmpty();
		this.ahead.await();
		assertThat(this.done).containsExactly("read");
	}

	@Test
	void onlyOneReadsAtATime() {
		this.ahead.begin(() -> this.done.add("first"));
		this.ahead.begin(() -> this.done.add("second"));
		this.ahead.await();
		this.ahead.begin(() -> this.done.add("third"));
		this.ahead.await();
		assertThat(this.done).containsExactly("first", "third");
	}

	@Test
	void aReadThatFailsFreesTheReader() {
		this.ahead.begin(() -> {
			throw new IllegalStateException("away");
		});
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(this.ahead::await);
		this.ahead.await();
		this.ahead.begin(() -> this.done.add("read"));
		this.ahead.await();
		assertThat(this.done).containsExactly("read");
	}

	@Test
	void aThreadThatCannotBeHadFreesTheReader() {
		ReadAhead threadless = new ReadAhead((task) -> {
			throw new RejectedExecutionException("none");
		}, this.time.timing().signals().create());
		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> threadless.begin(() -> this.done.add("read")));
		threadless.await();
		assertThat(this.done).isEmpty();
	}

}
