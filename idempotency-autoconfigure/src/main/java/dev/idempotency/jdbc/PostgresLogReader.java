// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.relay.OutboxLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.RowMapper;

/**
 * Reads a destination batch by batch. A batch is what became visible between two stored
 * snapshots, in the order of the ids; the second is committed before anything of the
 * batch is returned. As long as batches are small, closing one, opening the next and
 * reading it are one statement.
 */
final class PostgresLogReader implements OutboxLog.Reader {

	private static final Logger logger = LoggerFactory.getLogger(PostgresLogReader.class);

	private static final int ATTEMPTS = 3;

	/** How many messages are read without planning the batch first. */
	private static final int UNPLANNED = 2000;

	private final OwnTransactions transactions;

	private final LogClaims claims;

	private final RowMapper<OutboxRecord> mapper;

	private final String destination;

	private final int planned;

	private final LogNumbering numbering;

	private List<LogCursor> rows;

	private @Nullable LogPlan plan;

	private @Nullable LogCursor current;

	private OutboxLog.@Nullable Page shown;

	private @Nullable Ahead ahead;

	private boolean more;

	private boolean unsure;

	/**
	 * Creates a reader.
	 * @param rows the rows it has claimed
	 * @param planned how much of a large batch is planned at a time
	 * @param numbering numbers what is read
	 */
	PostgresLogReader(OwnTransactions transactions, LogClaims claims, RowMapper<OutboxRecord> mapper,
			String destination, List<LogCursor> rows, int planned, LogNumbering numbering) {
		this.transactions = transactions;
		this.claims = claims;
		this.mapper = mapper;
		this.destination = destination;
		this.rows = rows;
		this.planned = planned;
		this.numbering = numbering;
	}

	@Override
	public Optional<OutboxLog.Page> next(int limit) {
		if (this.unsure && !reload()) {
			return Optional.empty();
		}
		this.unsure = true;
		beginAgain();
		Optional<OutboxLog.Page> page = read(limit);
		this.unsure = page.isEmpty();
		return page;
	}

	@Override
	public List<OutboxLog.Head> heads() {
		return this.numbering.heads();
	}

	/**
	 * {@inheritDoc} What is left of an open batch does not change any more.
	 */
	@Override
	public void readAhead(int limit) {
		LogCursor row = this.current;
		OutboxLog.Page page = this.shown;
		if (this.unsure || !this.more || this.ahead != null || row == null || page == null) {
			return;
		}
		LogCursor from = row.after(last(page));
		try {
			LogRows rows = this.transactions
				.each((jdbc) -> plan(jdbc, from).read(jdbc, this.destination, this.mapper, limit));
			this.ahead = (rows != null) ? new Ahead(from, rows) : null;
		}
		catch (RuntimeException ex) {
			logger.debug("The next page of '{}' could not be read ahead", this.destination, ex);
		}
		if (this.ahead == null) {
			this.plan = null;
		}
	}

	@Override
	public Optional<OutboxLog.Page> close(OutboxLog.Page page, List<OutboxLog.Aside> aside, int limit) {
		LogCursor closing = this.current;
		if (closing == null || page != this.shown) {
			throw new IllegalArgumentException("Only the page read last can be closed");
		}
		if (this.unsure) {
			if (!reload()) {
				return Optional.empty();
			}
			if (this.rows.stream().noneMatch((row) -> row.sameRow(closing) && row.samePlace(closing))) {
				return (limit > 0) ? next(limit) : Optional.of(OutboxLog.Page.EMPTY);
			}
			this.numbering.show(closing, page.messages());
		}
		this.unsure = true;
		Optional<OutboxLog.Page> next = close(closing, last(page), aside, limit);
		this.unsure = next.isEmpty();
		return next;
	}

	private Optional<OutboxLog.Page> close(LogCursor closing, long last, List<OutboxLog.Aside> aside, int limit) {
		if (!this.more && aside.isEmpty() && limit > 0 && this.rows.size() == 1) {
			return step(closing, last, limit);
		}
		if (!new LogClosing(this.transactions, this.destination, this.numbering).close(closing, last, this.more,
				aside)) {
			return Optional.empty();
		}
		this.numbering.closed();
		replace(closing, this.more ? closing.after(last) : closing.done());
		if (this.ahead != null && !aside.isEmpty()) {
			this.ahead = this.ahead.inTrouble();
		}
		return (limit > 0) ? read(limit) : Optional.of(OutboxLog.Page.EMPTY);
	}

	private static long last(OutboxLog.Page page) {
		return page.messages().get(page.messages().size() - 1).position();
	}

	/**
	 * What is open first, each row for itself; then all rows together.
	 */
	private Optional<OutboxLog.Page> read(int limit) {
		while (true) {
			LogCursor open = this.rows.stream().filter(LogCursor::isOpen).findFirst().orElse(null);
			if (open != null) {
				LogRows found = onward(open, limit);
				LogPlan plan = Objects.requireNonNull(this.plan);
				if (!found.messages().isEmpty()) {
					return Optional.of(show(open, found, !plan.exhausted()));
				}
				if (!new LogClosing(this.transactions, this.destination, this.numbering).close(open, 0, false,
						List.of())) {
					return Optional.empty();
				}
				replace(open, open.done());
			}
			else if (this.rows.size() == 1) {
				return step(this.rows.get(0), 0, limit);
			}
			else {
				boolean same = this.rows.stream().map(LogCursor::closed).distinct().count() == 1;
				Optional<List<LogCursor>> changed = same ? this.claims.join(this.destination, this.rows)
						: this.claims.align(this.destination, this.rows, this.numbering);
				if (changed.isEmpty()) {
					return Optional.empty();
				}
				this.rows = changed.get();
			}
		}
	}

	private Optional<OutboxLog.Page> step(LogCursor row, long last, int limit) {
		int partitions = this.numbering.partitions();
		return this.transactions
			.each((jdbc) -> LogStep.from(row, jdbc, this.destination, last, Math.min(limit, UNPLANNED), this.mapper,
					this.numbering, partitions))
			.map((step) -> stepped(step, limit));
	}

	private OutboxLog.Page stepped(LogStep step, int limit) {
		this.numbering.closed();
		this.rows = List.of(step.row());
		this.plan = null;
		if (step.large()) {
			LogRows first = onward(step.row(), limit);
			return show(step.row(), first, !Objects.requireNonNull(this.plan).exhausted());
		}
		return show(step.row(), step.read(), step.cut());
	}

	/**
	 * Reads on in what is open.
	 */
	private LogRows onward(LogCursor open, int limit) {
		Ahead read = this.ahead;
		this.ahead = null;
		if (read != null) {
			if (read.from().equals(open)) {
				return read.rows();
			}
			this.plan = null;
		}
		return this.transactions.each((jdbc) -> {
			for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
				LogPlan used = plan(jdbc, open);
				LogRows found = used.read(jdbc, this.destination, this.mapper, limit);
				if (found != null) {
					return found;
				}
				this.plan = null;
			}
			throw new IllegalStateException("Rows of idempotency_outbox_log moved while they were read, " + ATTEMPTS
					+ " times; nothing may rewrite this table while the relay runs");
		});
	}

	private LogPlan plan(JdbcOperations jdbc, LogCursor open) {
		LogPlan known = this.plan;
		if (known == null || known.usedUp()) {
			known = LogPlan.of(jdbc, this.destination, open, this.planned);
			this.plan = known;
		}
		return known;
	}

	/**
	 * Notes what belongs to a page only when nothing can fail any more, or a page that
	 * was not shown would be closed in place of the one before.
	 */
	private OutboxLog.Page show(LogCursor row, LogRows found, boolean rest) {
		Set<String> held = found.troubled() ? this.transactions.each((jdbc) -> found.held(jdbc, this.destination))
				: Set.of();
		OutboxLog.Page page = new OutboxLog.Page(this.numbering.show(row, found.messages()), held, found.troubled(),
				rest);
		this.shown = page;
		this.current = row;
		this.more = rest;
		return page;
	}

	private void replace(LogCursor before, LogCursor after) {
		List<LogCursor> changed = new ArrayList<>(this.rows);
		changed.replaceAll((row) -> row.equals(before) ? after : row);
		this.rows = changed;
		if (!after.isOpen()) {
			this.plan = null;
		}
	}

	/**
	 * After a failure that leaves open what was done.
	 * @return {@code false} if a row is somebody else's by now
	 */
	private boolean reload() {
		LogClaims.Claimed durable = this.claims.durable(this.destination, this.rows);
		if (durable.rows().size() < this.rows.size()) {
			return false;
		}
		this.rows = durable.rows();
		this.numbering.reset(durable.numbers());
		beginAgain();
		this.unsure = false;
		return true;
	}

	/**
	 * Forgets what was read beyond the last page that was closed.
	 */
	private void beginAgain() {
		this.plan = null;
		this.ahead = null;
	}

	/**
	 * What was read before its turn.
	 *
	 * @param from where the cursor stands when it is its turn
	 * @param rows what comes then
	 */
	private record Ahead(LogCursor from, LogRows rows) {

		/**
		 * The same when something in front of it was set aside meanwhile.
		 */
		Ahead inTrouble() {
			return new Ahead(this.from, new LogRows(this.rows.messages(), true));
		}

	}

}
