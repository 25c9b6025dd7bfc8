// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PageSizeTests {

	private final PageSize size = new PageSize(500);

	@Test
	void aQuickDestinationGetsLargePages() {
		assertThat(this.size.now()).isEqualTo(2000);
		took(2000, 20);
		assertThat(this.size.now()).isEqualTo(4000);
		took(4000, 40);
		assertThat(this.size.now()).as("bounded").isEqualTo(8000);
		took(8000, 80);
		assertThat(this.size.now()).isEqualTo(8000);
	}

	@Test
	void aSlowDestinationGetsNoMoreThanItAnswersInTime() {
		took(2000, 200);
		assertThat(this.size.now()).isEqualTo(1000);
		took(1000, 60_000);
		assertThat(this.size.now()).as("never less than a batch").isEqualTo(500);
		took(500, 10);
		assertThat(this.size.now()).isEqualTo(1000);
	}

	@Test
	void aPageThatIsSmallForWantOfMessagesChangesNothing() {
		took(2000, 20);
		took(3, 0);
		assertThat(this.size.now()).isEqualTo(4000);
		took(3, 1);
		assertThat(this.size.now()).as("fixed costs are most of it").isEqualTo(4000);
	}

	@Test
	void aDestinationThatTakesNothingGetsNoLargerPages() {
		took(0, 1);
		assertThat(this.size.now()).isEqualTo(2000);
		took(0, 150_000);
		assertThat(this.size.now()).isEqualTo(500);
	}

	private void took(int messages, long millis) {
		this.size.sent(messages, TimeUnit.MILLISECONDS.toNanos(millis));
	}

}
