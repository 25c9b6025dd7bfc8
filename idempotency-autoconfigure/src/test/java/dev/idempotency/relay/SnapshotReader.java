// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntUnaryOperator;

import dev.idempotency.outbox.OutboxRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@link SnapshotLog}, transaction by transaction, any of which may fail before
 * it begins.
 */
final class SnapshotReader implements OutboxLog.Reader {

	private final SnapshotLog log;

	private final String destination;

	private final Runnable between;

	private final IntUnaryOperator pages;

	private List<SnapshotCursor> cursors;

	private @Nullable Shown shown;

	@Nullable Ahead ahead;

	private boolean unsure;

	SnapshotReader(SnapshotLog log, String destination, List<SnapshotCursor> cursors, Runnable between,
			IntUnaryOperator pages) {
		this.log = log;
		this.destination = destination;
		this.cursors = cursors;
		this.between = between;
		this.pages = pages;
	}

	@Override
	public Optional<OutboxLog.Page> next(int limit) {
		if (this.unsure && !reload()) {
			return Optional.empty();
		}
		this.unsure = true;
		this.ahead = null;
		return sure(read(limit));
	}

	@Override
	public void readAhead(int limit) {
		Shown page = this.shown;
		if (!this.unsure && this.ahead == null && page != null && page.more()) {
			try {
				this.between.run();
				this.ahead = new Ahead(page.after(), this.log.rest(this.destination, page.after()),
						this.log.troubled(this.destination));
			}
			catch (IllegalStateException ex) {
				this.ahead = null;
			}
		}
	}

	@Override
	public Optional<OutboxLog.Page> close(OutboxLog.Page page, List<OutboxLog.Aside> aside, int limit) {
		Shown closing = this.shown;
		if (closing == null || closing.page() != page) {
			throw new IllegalArgumentException("Only the page read last can be closed");
		}
		if (this.unsure && !reload()) {
			return Optional.empty();
		}
		boolean stands = this.cursors.contains(closing.cursor());
		this.unsure = true;
		if (stands) {
			this.between.run();
			if (!this.log.close(this.destination, closing.cursor(), closing.after(), page, aside)) {
				return Optional.empty();
			}
			replace(closing.cursor(), closing.after());
			Ahead read = this.ahead;
			this.ahead = (read != null && !aside.isEmpty()) ? new Ahead(read.from(), read.rest(), true) : read;
		}
		return sure((limit > 0) ? read(limit) : Optional.of(OutboxLog.Page.EMPTY));
	}

	private Optional<OutboxLog.Page> sure(Optional<OutboxLog.Page> page) {
		this.unsure = page.isEmpty();
		return page;
	}

	private Optional<OutboxLog.Page> read(int limit) {
		while (true) {
			this.between.run();
			SnapshotCursor open = this.cursors.stream().filter(SnapshotCursor::isOpen).findFirst().orElse(null);
			if (open != null) {
				Ahead read = onward(open);
				if (!read.rest().isEmpty()) {
					return Optional.of(show(open, read, limit));
				}
				this.between.run();
				if (!this.log.close(this.destination, open, open.done(), OutboxLog.Page.EMPTY, List.of())) {
					return Optional.empty();
				}
				replace(open, open.done());
			}
			else if (this.cursors.size() == 1) {
				SnapshotCursor cursor = this.cursors.get(0);
				Optional<SnapshotCursor> opened = this.log.open(this.destination, cursor);
				if (opened.isEmpty() || opened.get().equals(cursor)) {
					this.shown = null;
					return opened.map((same) -> new OutboxLog.Page(List.of(), Set.of(),
							this.log.troubled(this.destination), false));
				}
				replace(cursor, opened.get());
			}
			else {
				Optional<List<SnapshotCursor>> changed = this.log.bringTogether(this.destination, this.cursors);
				if (changed.isEmpty()) {
					return Optional.empty();
				}
				this.cursors = changed.get();
			}
		}
	}

	private Ahead onward(SnapshotCursor open) {
		Ahead read = this.ahead;
		this.ahead = null;
		return (read != null && read.from().equals(open)) ? read
				: new Ahead(open, this.log.rest(this.destination, open), this.log.troubled(this.destination));
	}

	private OutboxLog.Page show(SnapshotCursor open, Ahead read, int limit) {
		int size = Math.min(this.pages.applyAsInt(limit), read.rest().size());
		List<OutboxRecord> messages = read.rest().subList(0, size);
		if (read.troubled()) {
			this.between.run();
		}
		boolean more = size < read.rest().size();
		OutboxLog.Page page = new OutboxLog.Page(messages, read.troubled() ? this.log.held(this.destination) : Set.of(),
				read.troubled(), more);
		this.shown = new Shown(page, open, more ? open.after(messages.get(size - 1).position()) : open.done());
		return page;
	}

	private void replace(SnapshotCursor before, SnapshotCursor after) {
		List<SnapshotCursor> changed = new ArrayList<>(this.cursors);
		changed.replaceAll((cursor) -> cursor.equals(before) ? after : cursor);
		this.cursors = changed;
	}

	/**
	 * After a failure that leaves open what was done.
	 */
	private boolean reload() {
		this.between.run();
		Optional<List<SnapshotCursor>> found = this.log.reload(this.destination, this.cursors);
		found.ifPresent((cursors) -> this.cursors = cursors);
		this.ahead = null;
		this.unsure = found.isEmpty();
		return found.isPresent();
	}

	/**
	 * The page read last.
	 *
	 * @param page what it is
	 * @param cursor where its cursor stands
	 * @param after where that stands once it is closed
	 */
	private record Shown(OutboxLog.Page page, SnapshotCursor cursor, SnapshotCursor after) {

		boolean more() {
			return this.after.isOpen();
		}

	}

	/**
	 * What was read of an open batch.
	 *
	 * @param from where the cursor stands
	 * @param rest what follows
	 * @param troubled whether anything was outside the log
	 */
	record Ahead(SnapshotCursor from, List<OutboxRecord> rest, boolean troubled) {
	}

}
