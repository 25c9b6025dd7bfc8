// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

import javax.sql.DataSource;

import dev.idempotency.effect.EffectFencedException;
import dev.idempotency.effect.UnprotectedEffectException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.jdbc.AutoSave;

import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;

/**
 * Sends the change of a position and the commit to PostgreSQL in one round trip. Spring
 * tells listeners of a transaction manager about the commit right before it, when nothing
 * else runs in the transaction any more; the commit that follows finds no transaction
 * open and does nothing.
 * <p>
 * The change fails the transaction if somebody else took the stream: a number that cannot
 * be one is cast, because a change of no row alone would be committed.
 * <p>
 * To be registered with managers that commit through {@link Connection#commit()} and
 * nothing else. Where it was not, the change is a statement of its own.
 */
public final class CommitRide implements TransactionExecutionListener {

	private static final boolean DRIVER_PRESENT = ClassUtils.isPresent("org.postgresql.PGConnection",
			CommitRide.class.getClassLoader());

	private static final String FENCED = "idempotency: fenced";

	private static final String NOT_A_NUMBER = "22P02";

	private static final String SQL = "WITH moved AS (" + PositionTable.advanceSql(Dialect.POSTGRESQL)
			+ " RETURNING 1) SELECT CAST(coalesce((SELECT '1' FROM moved), '" + FENCED + "') AS integer); COMMIT";

	private final DataSource dataSource;

	private final ThreadLocal<@Nullable Object> begun = new ThreadLocal<>();

	/**
	 * Creates the listener.
	 * @param dataSource the inbox's
	 */
	public CommitRide(DataSource dataSource) {
		this.dataSource = new CallersTransaction(dataSource).dataSource();
	}

	@Override
	public void afterBegin(TransactionExecution transaction, @Nullable Throwable failure) {
		this.begun.set((failure == null && transaction.isNewTransaction()) ? holder() : null);
	}

	@Override
	public void afterCommit(TransactionExecution transaction, @Nullable Throwable failure) {
		this.begun.remove();
	}

	@Override
	public void afterRollback(TransactionExecution transaction, @Nullable Throwable failure) {
		this.begun.remove();
	}

	/**
	 * Whether a change may wait for the commit of the running transaction: only if that
	 * was begun by a manager that tells this listener of it.
	 */
	boolean carries(Connection connection) throws SQLException {
		Object holder = holder();
		if (!DRIVER_PRESENT || holder == null || this.begun.get() != holder
				|| !connection.isWrapperFor(PGConnection.class)) {
			return false;
		}
		return connection.unwrap(PGConnection.class).getAutosave() == AutoSave.NEVER;
	}

	private @Nullable Object holder() {
		return TransactionSynchronizationManager.getResource(this.dataSource);
	}

	@Override
	public void beforeCommit(TransactionExecution transaction) {
		if (!transaction.isNewTransaction() || !(holder() instanceof ConnectionHolder holder)) {
			return;
		}
		List<HeldPosition> waiting = HeldPosition.waiting();
		for (HeldPosition held : waiting) {
			ride(held, holder.getConnection(), held == waiting.get(waiting.size() - 1));
		}
	}

	private void ride(HeldPosition held, Connection connection, boolean last) {
		try {
			int alone = held.moves().size() - (last ? 1 : 0);
			held.advance(held.moves().subList(0, alone));
			if (last) {
				advanceAndCommit(connection, held.moves().get(alone));
			}
			held.carried();
		}
		catch (SQLException ex) {
			if (!SqlFailures.unanswered(ex)) {
				held.refuse();
			}
			throw failure(held, ex);
		}
	}

	private static void advanceAndCommit(Connection connection, HeldPosition.Move move) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(SQL)) {
			PositionTable.bind(statement, move.stream(), move.step());
			statement.execute();
		}
	}

	/**
	 * What the database answered means a rollback; without an answer the end is not
	 * known, which Spring is told by a {@link TransactionException}.
	 */
	private static RuntimeException failure(HeldPosition held, SQLException failure) {
		if (NOT_A_NUMBER.equals(failure.getSQLState()) && String.valueOf(failure.getMessage()).contains(FENCED)) {
			return new EffectFencedException(held.moves().get(0).stream().name(), failure);
		}
		if (SqlFailures.lostTransaction(failure)) {
			return new UnprotectedEffectException(
					"A statement of the effect failed and ended its transaction, and the body swallowed the failure; "
							+ "let the exception through, or use a savepoint around the statement",
					failure);
		}
		if (SqlFailures.unanswered(failure)) {
			return new TransactionSystemException("The commit was not answered", failure);
		}
		return SqlFailures.translate("commit", failure);
	}

}
