// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.idempotency.outbox.OutboxRecord;
import org.jspecify.annotations.Nullable;

/**
 * A log in memory.
 */
final class FakeLog implements OutboxLog {

	final List<OutboxRecord> rows = new ArrayList<>();

	final List<Aside> aside = new ArrayList<>();

	final Set<String> held = new HashSet<>();

	int readAhead;

	Runnable whileReadingAhead = () -> {
	};

	int reads;

	int failures;

	int claims;

	boolean refusesClaims;

	boolean partitionsUnknown;

	int closed;

	@Nullable Page open;

	@Override
	public List<String> destinations() {
		return (this.closed < this.rows.size()) ? List.of(this.rows.get(this.closed).destination()) : List.of();
	}

	@Override
	public Optional<Reader> claim(String destination, List<Lease> leases) {
		return this.refusesClaims ? Optional.empty() : Optional.of(new FakeReader(++this.claims));
	}

	@Override
	public RelayStore.Backlog backlog(String destination, int cap) {
		return new RelayStore.Backlog(this.rows.size() - this.closed, Duration.ZERO);
	}

	@Override
	public void tidy() {
	}

	private final class FakeReader implements Reader {

		private final int epoch;

		private FakeReader(int epoch) {
			this.epoch = epoch;
		}

		@Override
		public Optional<Page> next(int limit) {
			if (this.epoch != FakeLog.this.claims) {
				return Optional.empty();
			}
			if (FakeLog.this.partitionsUnknown) {
				throw new PartitionsUnknownException("fake:a", new IllegalStateException("no answer"));
			}
			FakeLog.this.reads++;
			if (FakeLog.this.open == null) {
				int end = Math.min(FakeLog.this.closed + limit, FakeLog.this.rows.size());
				FakeLog.this.open = new Page(FakeLog.this.rows.subList(FakeLog.this.closed, end), FakeLog.this.held,
						!FakeLog.this.held.isEmpty(), end < FakeLog.this.rows.size());
			}
			Page page = FakeLog.this.open;
			FakeLog.this.open = page.messages().isEmpty() ? null : page;
			return Optional.of(page);
		}

		@Override
		public void readAhead(int limit) {
			FakeLog.this.readAhead++;
			FakeLog.this.whileReadingAhead.run();
		}

		@Override
		public Optional<Page> close(Page page, List<Aside> set, int limit) {
			if (FakeLog.this.failures > 0) {
				FakeLog.this.failures--;
				throw new IllegalStateException("away");
			}
			if (this.epoch != FakeLog.this.claims) {
				return Optional.empty();
			}
			FakeLog.this.closed += page.messages().size();
			FakeLog.this.aside.addAll(set);
			FakeLog.this.open = null;
			return (limit > 0) ? next(limit) : Optional.of(Page.EMPTY);
		}

	}

}
