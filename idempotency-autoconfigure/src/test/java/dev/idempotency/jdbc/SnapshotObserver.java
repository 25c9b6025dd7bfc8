// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.relay.Lease;
import dev.idempotency.relay.OutboxLog;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Reads the log as a relay does that is killed now and then between publishing a page and
 * closing it.
 */
final class SnapshotObserver {

	private static final String DESTINATION = "kafka:race";

	private final OutboxLog log;

	private final List<Lease> leases;

	private final Random random = new Random(7);

	private final Sightings seen = new Sightings();

	private final Numbers numbers = new Numbers();

	private final List<String> differentRepeats = new ArrayList<>();

	private OutboxLog.Reader reader;

	private OutboxLog.Page page = OutboxLog.Page.EMPTY;

	private int repeats;

	private boolean moved;

	SnapshotObserver(OutboxLog log, List<Lease> leases) {
		this.log = log;
		this.leases = leases;
		this.reader = claim();
	}

	private OutboxLog.Reader claim() {
		return this.log.claim(DESTINATION, this.leases).orElseThrow();
	}

	void observe() {
		int limit = 1 + this.random.nextInt(30);
		if (this.page.messages().isEmpty()) {
			this.page = this.reader.next(limit).orElseThrow();
		}
		this.moved = !this.page.messages().isEmpty();
		if (this.moved) {
			this.page.messages().forEach(this.numbers::saw);
			if (this.random.nextInt(4) == 0) {
				this.reader = claim();
				OutboxLog.Page again = this.reader.next(this.page.messages().size()).orElseThrow();
				compare(this.page, again);
				this.page = again;
				this.page.messages().forEach(this.numbers::saw);
			}
			assertThat(this.page.troubled()).isFalse();
			this.page.messages().forEach((message) -> this.seen.add(message.id()));
			this.page = this.reader.close(this.page, List.of(), limit).orElseThrow();
		}
	}

	private void compare(OutboxLog.Page before, OutboxLog.Page after) {
		this.repeats++;
		List<String> first = before.messages().stream().map(OutboxRecord::id).toList();
		List<String> second = after.messages().stream().map(OutboxRecord::id).toList();
		if (!first.equals(second)) {
			this.differentRepeats.add(first + " and then " + second);
		}
	}

	boolean moved() {
		return this.moved;
	}

	int repeats() {
		return this.repeats;
	}

	List<String> differentRepeats() {
		return this.differentRepeats;
	}

	Numbers numbers() {
		return this.numbers;
	}

	Sightings seen() {
		return this.seen;
	}

}
