// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.crash;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import javax.sql.DataSource;

import dev.idempotency.relay.Lease;
import dev.idempotency.relay.OutboxLog;
import dev.idempotency.relay.RelayStore;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * A log that lets anybody close a page, whoever has its lanes.
 *
 * @param log the log
 * @param dataSource where it is
 */
record UnfencedLog(OutboxLog log, Supplier<DataSource> dataSource) implements OutboxLog {

	@Override
	public List<String> destinations() {
		return this.log.destinations();
	}

	@Override
	public Optional<Reader> claim(String destination, List<Lease> leases) {
		return this.log.claim(destination, leases).map((reader) -> new UnfencedReader(destination, reader));
	}

	@Override
	public RelayStore.Backlog backlog(String destination, int cap) {
		return this.log.backlog(destination, cap);
	}

	@Override
	public void tidy() {
		this.log.tidy();
	}

	private final class UnfencedReader implements Reader {

		private final String destination;

		private final Reader reader;

		private UnfencedReader(String destination, Reader reader) {
			this.destination = destination;
			this.reader = reader;
		}

		@Override
		public Optional<Page> next(int limit) {
			return this.reader.next(limit);
		}

		@Override
		public void readAhead(int limit) {
			this.reader.readAhead(limit);
		}

		@Override
		public Optional<Page> close(Page page, List<Aside> aside, int limit) {
			Optional<Page> next = this.reader.close(page, aside, limit);
			if (next.isEmpty()) {
				new JdbcTemplate(UnfencedLog.this.dataSource.get())
					.update("update idempotency_outbox_cursor set closed = coalesce(opened, closed), opened = null, "
							+ "after_id = 0 where destination = ?", this.destination);
			}
			return next;
		}

	}

}
