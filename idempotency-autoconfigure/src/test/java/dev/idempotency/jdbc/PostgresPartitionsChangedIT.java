// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.List;

import dev.idempotency.outbox.Placement;
import dev.idempotency.relay.OutboxLog;
import dev.idempotency.relay.OutboxLog.Page;
import dev.idempotency.relay.Partitioning;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatRuntimeException;

class PostgresPartitionsChangedIT extends AbstractLogFixture {

	private final HashedPartitions partitions = new HashedPartitions(3);

	private Partitioning partitioning = this.partitions;

	private Numbers numbers = new Numbers();

	@BeforeEach
	void begin() {
		this.partitions.count = 3;
		this.partitioning = this.partitions;
		this.numbers = new Numbers();
	}

	@Override
	Partitioning partitioning() {
		return this.partitioning;
	}

	@Test
	void anOpenBatchKeepsItsPartitionsWhenMoreAreAdded() {
		write(0, 30);
		OutboxLog.Reader reader = claim();
		Page page = reader.next(10).orElseThrow();
		this.partitions.count = 50;
		assertThat(Numbers.placements(claim().next(10).orElseThrow())).isEqualTo(Numbers.placements(page));
		OutboxLog.Reader other = claim();
		this.numbers.publish(other, 10);
		assertThat(this.numbers.last().keySet()).allMatch((stream) -> stream.matches(".*/[0-2] .*"));
		write(30, 60);
		this.numbers.publish(other, 10);
		assertThat(this.numbers.last().keySet()).anyMatch((stream) -> stream.matches(".*/[1-4][0-9] .*"));
		assertThat(this.numbers.wrong()).isEmpty();
	}

	@Test
	void aBatchOpenedWithoutNumbersIsRepeatedWithoutNumbers() {
		this.partitions.count = 0;
		write(0, 10);
		OutboxLog.Reader reader = claim();
		assertThat(Numbers.placements(reader.next(10).orElseThrow())).containsOnlyNulls();
		this.partitions.count = 3;
		OutboxLog.Reader other = claim();
		Page page = other.next(10).orElseThrow();
		assertThat(Numbers.placements(page)).containsOnlyNulls();
		write(10, 20);
		assertThat(Numbers.placements(other.close(page, List.of(), 10).orElseThrow())).doesNotContainNull();
	}

	@Test
	void nothingIsOpenedWhileTheBrokerDoesNotTellItsPartitions() {
		write(0, 10);
		OutboxLog.Reader reader = claim();
		this.partitions.unknown = true;
		assertThatIllegalStateException().isThrownBy(() -> reader.next(10));
		this.partitions.unknown = false;
		assertThat(Numbers.placements(reader.next(10).orElseThrow())).doesNotContainNull();
	}

	@Test
	void aBatchOpenedWithNumbersIsRepeatedWithThemAfterNumberingIsSwitchedOff() {
		write(0, 20);
		OutboxLog.Reader reader = claim();
		reader.close(reader.next(5).orElseThrow(), List.of(), 5);
		List<Placement> given = Numbers.placements(reader.next(15).orElseThrow());
		this.partitioning = this.partitions.ended("switched off");
		OutboxLog.Reader other = claim();
		Page page = other.next(15).orElseThrow();
		assertThat(Numbers.placements(page)).isEqualTo(given).doesNotContainNull();
		write(20, 30);
		assertThat(Numbers.placements(other.close(page, List.of(), 10).orElseThrow())).hasSize(10).containsOnlyNulls();
	}

	@Test
	void anOpenBatchWaitsForANodeThatHasItsTransport() {
		write(0, 10);
		List<Placement> given = Numbers.placements(claim().next(10).orElseThrow());
		this.partitioning = Partitioning.of(List.of());
		OutboxLog.Reader without = claim();
		assertThatRuntimeException().isThrownBy(() -> without.next(10))
			.withMessageContaining("'kafka:orders' are not known")
			.withMessageContaining("no transport 'kafka'");
		this.partitioning = this.partitions;
		assertThat(Numbers.placements(claim().next(10).orElseThrow())).isEqualTo(given);
	}

}
