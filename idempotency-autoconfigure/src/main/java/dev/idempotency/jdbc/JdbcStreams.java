// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.function.LongSupplier;

import javax.sql.DataSource;

import dev.idempotency.effect.EffectFencedException;
import dev.idempotency.effect.Position;
import dev.idempotency.inbox.Progress;
import dev.idempotency.inbox.SharedStreams;
import dev.idempotency.inbox.Step;
import dev.idempotency.inbox.Stream;
import dev.idempotency.inbox.StreamKeeper;
import dev.idempotency.inbox.Streams;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * Keeps in a row per flow and stream how far the flow has come, and who owns the stream.
 */
public final class JdbcStreams implements StreamKeeper, SharedStreams {

	private static final int MAX_SHARED = 100_000;

	private final Streams streams = new Streams();

	private final OwnTransactions transactions;

	private final PositionTable table;

	private final Dialect dialect;

	private final ConcurrentMap<String, Boolean> consumedByKeys = new ConcurrentHashMap<>();

	private final Set<Stream> shared = ConcurrentHashMap.newKeySet();

	/**
	 * Creates a keeper.
	 * @param dataSource where the tables are
	 * @param dialect what the database is
	 */
	public JdbcStreams(DataSource dataSource, Dialect dialect) {
		this.transactions = new OwnTransactions(dataSource);
		this.table = new PositionTable(dialect);
		this.dialect = dialect;
	}

	Streams streams() {
		return this.streams;
	}

	@Override
	public Progress own(Stream stream, LongSupplier end) {
		Progress known = this.streams.known(stream);
		if (known != null) {
			return known;
		}
		Progress taken = take(stream);
		while (taken == null || taken.since() == PositionTable.LEFT) {
			if (taken == null) {
				insert(stream, since(stream.flow(), end.getAsLong()));
			}
			else {
				resume(stream, end.getAsLong());
			}
			taken = take(stream);
		}
		this.streams.taken(stream, taken);
		return taken;
	}

	private @Nullable Progress take(Stream stream) {
		return this.transactions.together((jdbc) -> this.table.take(jdbc, stream));
	}

	private void resume(Stream stream, long end) {
		this.transactions.each((jdbc) -> {
			PositionTable.resume(jdbc, stream, end);
			return true;
		});
	}

	@Override
	public void leave(String flow) {
		this.transactions.each((jdbc) -> {
			PositionTable.leave(jdbc, flow);
			return true;
		});
	}

	/**
	 * Of several that take a new stream one inserts the row.
	 */
	private void insert(Stream stream, long since) {
		this.transactions.each((jdbc) -> {
			try {
				this.table.insert(jdbc, stream, since);
				return true;
			}
			catch (DuplicateKeyException ex) {
				return false;
			}
		});
	}

	/**
	 * {@inheritDoc} H2 has neither what PostgreSQL's nor what InnoDB's proof needs.
	 */
	@Override
	public boolean folds() {
		return this.dialect != Dialect.H2;
	}

	@Override
	public void share(Stream stream) {
		if (this.shared.contains(stream)) {
			return;
		}
		List<Integer> there = this.transactions
			.each((jdbc) -> jdbc.queryForList("SELECT 1 FROM idempotency_position WHERE key_hash = ?", Integer.class,
					(Object) PositionTable.hash(stream)));
		if (there.isEmpty()) {
			insert(stream, 0);
		}
		if (this.shared.size() >= MAX_SHARED) {
			this.shared.clear();
		}
		this.shared.add(stream);
	}

	/**
	 * Notes that a message is set aside that consumers compete for, in the transaction
	 * that does so. Rows that are not folded yet are in its way for a moment: they come
	 * to lie in a hole, which the next fold fills.
	 */
	boolean park(JdbcOperations jdbc, Stream stream, Position.Unordered place) {
		byte[] hash = PositionTable.hash(stream);
		Progress progress = this.table.lock(jdbc, hash, "");
		if (progress == null) {
			throw new EffectFencedException(stream.name(), null);
		}
		Step step = progress.park(place);
		return step == null || Boolean.TRUE.equals(
				jdbc.execute((ConnectionCallback<Boolean>) (connection) -> this.table.move(connection, hash, step)));
	}

	/**
	 * Of what a stream has before its end, the keys may know some if the flow was
	 * consumed by keys. Asked once per flow, not for each of its partitions: nothing
	 * indexes the rows by flow.
	 */
	private long since(String flow, long end) {
		return (end > 0 && this.consumedByKeys.computeIfAbsent(flow, this::wasConsumedByKeys)) ? end : 0;
	}

	private boolean wasConsumedByKeys(String flow) {
		return !this.transactions
			.each((jdbc) -> jdbc.queryForList("SELECT 1 FROM idempotency_inbox WHERE flow = ? LIMIT 1", Integer.class,
					flow))
			.isEmpty();
	}

	@Override
	public void forget(Stream stream) {
		this.streams.forget(stream);
	}

	@Override
	public void pass(Stream stream, Position place) {
		account(stream, (progress) -> progress.apply(place), this.transactions::together);
	}

	@Override
	public void heard(Stream stream, long next) {
		account(stream, (progress) -> progress.heard(next), this.transactions::together);
	}

	/**
	 * Notes that a message is set aside, in the transaction that does so.
	 * @param transaction runs and commits
	 * @throws EffectFencedException if the stream is not owned
	 */
	void park(Stream stream, Position place, Transaction transaction) {
		account(stream, (progress) -> progress.park(place), transaction);
	}

	private void account(Stream stream, Function<Progress, @Nullable Step> next, Transaction transaction) {
		Progress progress = this.streams.known(stream);
		if (progress == null) {
			throw new EffectFencedException(stream.name(), null);
		}
		Step step = next.apply(progress);
		try {
			transaction.run((jdbc) -> step == null || write(jdbc, stream, step));
		}
		catch (RuntimeException | Error ex) {
			if (step != null) {
				this.streams.drop(stream, step);
			}
			throw ex;
		}
		if (step != null) {
			this.streams.committed(stream, step);
		}
	}

	private boolean write(JdbcOperations jdbc, Stream stream, Step step) {
		Boolean written = jdbc
			.execute((ConnectionCallback<Boolean>) (Connection connection) -> this.table.advance(connection,
					List.of(new HeldPosition.Move(stream, step))) < 0 && this.table.change(connection, stream, step));
		if (!Boolean.TRUE.equals(written)) {
			throw new EffectFencedException(stream.name(), null);
		}
		return true;
	}

	/**
	 * Runs work and commits it.
	 */
	@FunctionalInterface
	interface Transaction {

		void run(Function<JdbcOperations, Boolean> work);

	}

}
