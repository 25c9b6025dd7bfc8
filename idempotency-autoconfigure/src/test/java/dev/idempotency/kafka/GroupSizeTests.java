// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Duration;

import dev.idempotency.flow.FlowPolicy;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class GroupSizeTests {

	private final GroupSize size = new GroupSize(new FlowPolicy.Group(100, Duration.ofSeconds(1)));

	@Test
	void doublesWhileThereIsTimeUpToTheBound() {
		assertThat(this.size.now()).isEqualTo(GroupSize.FIRST);
		took(16, 10);
		assertThat(this.size.now()).isEqualTo(32);
		took(32, 20);
		took(64, 40);
		assertThat(this.size.now()).isEqualTo(100);
		took(100, 100);
		assertThat(this.size.now()).isEqualTo(100);
	}

	@Test
	void shrinksToWhatFitsIntoTheTime() {
		took(16, 10);
		took(32, 8000);
		assertThat(this.size.now()).isEqualTo(4);
		took(4, 40_000);
		assertThat(this.size.now()).as("one alone would be no group").isEqualTo(2);
		took(2, 10);
		assertThat(this.size.now()).isEqualTo(4);
	}

	@Test
	void aSmallPollShrinksNothing() {
		took(16, 10);
		took(32, 20);
		took(3, 10);
		assertThat(this.size.now()).isEqualTo(64);
	}

	@Test
	void withoutBoundsItIsWhateverAPollReturns() {
		GroupSize unbounded = new GroupSize(null);
		unbounded.applied(500, Duration.ofHours(1));
		assertThat(unbounded.now()).isEqualTo(Integer.MAX_VALUE);
	}

	@Test
	void afterAFailureOfTheDatabaseSmallerOnesAreTried() {
		GroupSize unbounded = new GroupSize(null);
		unbounded.failed(500);
		unbounded.failed(250);
		assertThat(unbounded.now()).isEqualTo(125);
		unbounded.applied(125, Duration.ofMillis(1));
		assertThat(unbounded.now()).isEqualTo(250);
		this.size.failed(3);
		assertThat(this.size.now()).isEqualTo(2);
	}

	private void took(int records, long millis) {
		this.size.applied(records, Duration.ofMillis(millis));
	}

}
