// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.idempotency.outbox.OutboxRecord;

/**
 * A log between which and the relay one thing is wrong.
 */
final class MutantLog implements OutboxLog {

	private final Mutant mutant;

	private final SnapshotLog state;

	private final OutboxLog log;

	private final Map<String, Reader> readers = new HashMap<>();

	private final Map<String, SnapshotReader> former = new HashMap<>();

	MutantLog(Mutant mutant, SnapshotLog state, OutboxLog log) {
		this.mutant = mutant;
		this.state = state;
		this.log = log;
	}

	@Override
	public List<String> destinations() {
		return this.log.destinations();
	}

	@Override
	public Optional<Reader> claim(String destination, List<Lease> leases) {
		if (this.mutant == Mutant.CLAIMS_ONLY_ONCE && this.readers.containsKey(destination)) {
			return Optional.of(this.readers.get(destination));
		}
		return this.log.claim(destination, leases).map((claimed) -> {
			SnapshotReader reader = (SnapshotReader) claimed;
			SnapshotReader former = this.former.put(destination, reader);
			boolean inherits = this.mutant == Mutant.READS_AHEAD_FOR_OTHERS && former != null && former.ahead != null;
			Reader one = new MutantReader(reader, inherits ? former.ahead.rest() : List.of());
			this.readers.put(destination, one);
			return one;
		});
	}

	@Override
	public RelayStore.Backlog backlog(String destination, int cap) {
		return this.log.backlog(destination, cap);
	}

	@Override
	public void tidy() {
		this.log.tidy();
	}

	private final class MutantReader implements Reader {

		private final SnapshotReader reader;

		private List<OutboxRecord> inherited;

		private Page shown = Page.EMPTY;

		private MutantReader(SnapshotReader reader, List<OutboxRecord> inherited) {
			this.reader = reader;
			this.inherited = inherited;
		}

		@Override
		public Optional<Page> next(int limit) {
			if (!this.inherited.isEmpty()) {
				return Optional.of(new Page(this.inherited, Set.of(), false, false));
			}
			Optional<Page> next = this.reader.next(limit);
			if (next.isEmpty() || next.get().messages().isEmpty()) {
				return next;
			}
			this.shown = next.get();
			return switch (MutantLog.this.mutant) {
				case CLOSES_BEFORE_SENDING -> this.reader.close(this.shown, List.of(), 0).map((closed) -> this.shown);
				case IGNORES_HELD_KEYS ->
					Optional.of(new Page(this.shown.messages(), Set.of(), this.shown.troubled(), this.shown.more()));
				case NO_KEY_ORDER ->
					Optional.of(new Page(this.shown.messages().stream().map(Messages::withoutKey).toList(), Set.of(),
							true, this.shown.more()));
				default -> next;
			};
		}

		@Override
		public void readAhead(int limit) {
			this.reader.readAhead(limit);
		}

		@Override
		public Optional<Page> close(Page page, List<Aside> aside, int limit) {
			if (!this.inherited.isEmpty()) {
				this.inherited = List.of();
				return next(limit);
			}
			Optional<Page> closed = switch (MutantLog.this.mutant) {
				case CLOSES_BEFORE_SENDING -> Optional.of(Page.EMPTY);
				default -> this.reader.close(this.shown, aside, 0);
			};
			boolean aheadOfTime = closed.isPresent() && MutantLog.this.mutant == Mutant.CLOSES_BEFORE_SENDING;
			if (aheadOfTime) {
				MutantLog.this.state.setAside(aside);
			}
			Optional<Page> next = (closed.isPresent() && limit > 0) ? next(limit) : closed;
			if (closed.isPresent() && MutantLog.this.mutant == Mutant.SETS_ASIDE_TOO_LATE) {
				MutantLog.this.state.setAside(aside);
			}
			return next;
		}

	}

}
