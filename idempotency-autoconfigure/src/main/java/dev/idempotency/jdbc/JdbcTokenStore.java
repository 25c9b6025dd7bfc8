// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import dev.idempotency.effect.UnprotectedEffectException;
import dev.idempotency.token.StoredToken;
import dev.idempotency.token.TokenStore;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Keeps the hashes of tokens in rows. A token is looked up before it is burnt or revoked:
 * on MariaDB and MySQL an update that finds no row would lock a gap that other tokens are
 * inserted into, and unknown tokens are what attackers send.
 */
public final class JdbcTokenStore implements TokenStore {

	private static final String INSERT = "INSERT INTO idempotency_token (issued_at, expires_at, token_hash, "
			+ "subject_hash, purpose, subject) VALUES (%s, %s, ?, ?, ?, ?)";

	private static final String SELECT = "SELECT token_hash, subject, attempts, CASE WHEN used_at IS NOT NULL "
			+ "THEN 'USED' WHEN revoked_at IS NOT NULL THEN 'REVOKED' WHEN expires_at <= %s THEN 'EXPIRED' "
			+ "ELSE 'USABLE' END AS state FROM idempotency_token WHERE ";

	private static final String OPEN = "used_at IS NULL AND revoked_at IS NULL";

	private final CallersTransaction transaction;

	private final OwnTransactions own;

	private final Dialect dialect;

	private final JdbcTemplate jdbc;

	private final String select;

	/**
	 * Creates a store.
	 * @param dataSource where the tables are
	 * @param dialect what the database is
	 * @param waitFor longest wait for another transaction that burns the same token,
	 * rounded up to seconds
	 */
	public JdbcTokenStore(DataSource dataSource, Dialect dialect, Duration waitFor) {
		this.transaction = new CallersTransaction(dataSource);
		this.own = new OwnTransactions(dataSource);
		this.dialect = dialect;
		this.jdbc = new JdbcTemplate(this.transaction.dataSource());
		this.jdbc.setQueryTimeout((int) Math.max(1, waitFor.plusMillis(999).toSeconds()));
		this.select = String.format(SELECT, dialect.now());
	}

	@Override
	public void insert(byte[] hash, String purpose, String subject, Duration validFor) {
		inTransaction().update(String.format(INSERT, this.dialect.now(), this.dialect.later()),
				TimeUnit.MICROSECONDS.convert(validFor), hash, Hashes.of(purpose, subject), purpose, subject);
	}

	@Override
	public @Nullable StoredToken find(byte[] hash) {
		return find(hash, "");
	}

	@Override
	public @Nullable StoredToken findLatest(byte[] hash) {
		return find(hash, " FOR UPDATE");
	}

	private @Nullable StoredToken find(byte[] hash, String lock) {
		return inTransaction().query(this.select + "token_hash = ?" + lock, (row, number) -> token(row), (Object) hash)
			.stream()
			.findFirst()
			.orElse(null);
	}

	@Override
	public boolean burn(byte[] hash) {
		return inTransaction().update("UPDATE idempotency_token SET used_at = " + this.dialect.now()
				+ " WHERE token_hash = ? AND " + OPEN + " AND expires_at > " + this.dialect.now(), (Object) hash) == 1;
	}

	@Override
	public int revoke(String purpose, String subject) {
		List<byte[]> hashes = inTransaction().queryForList(
				"SELECT token_hash FROM idempotency_token WHERE subject_hash = ? AND " + OPEN, byte[].class,
				Hashes.of(purpose, subject));
		hashes.sort(Arrays::compareUnsigned);
		int revoked = 0;
		for (byte[] hash : hashes) {
			revoked += inTransaction().update("UPDATE idempotency_token SET revoked_at = " + this.dialect.now()
					+ " WHERE token_hash = ? AND " + OPEN, (Object) hash);
		}
		return revoked;
	}

	/**
	 * A right guess locks the row as well, so that it waits for the wrong ones before it.
	 */
	@Override
	public List<StoredToken> attempt(String purpose, String subject, List<byte[]> guesses, int maxAttempts) {
		if (TransactionSynchronizationManager.isActualTransactionActive()) {
			throw new UnprotectedEffectException("A code is checked before the transaction, so that a wrong guess "
					+ "stays counted when it is rolled back: call check() outside, and consume() inside");
		}
		String places = String.join(", ", Collections.nCopies(guesses.size(), "?"));
		List<Object> parameters = new ArrayList<>(guesses);
		byte[] subjectHash = Hashes.of(purpose, subject);
		parameters.add(subjectHash);
		parameters.add(maxAttempts);
		return this.own.together((own) -> {
			own.update(
					"UPDATE idempotency_token SET attempts = attempts + CASE WHEN token_hash IN (" + places
							+ ") THEN 0 ELSE 1 END WHERE subject_hash = ? AND attempts < ? AND " + OPEN,
					parameters.toArray());
			return own.query(this.select + "subject_hash = ?", (row, number) -> token(row), (Object) subjectHash);
		});
	}

	@Override
	public void afterCommit(Runnable callback) {
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
			@Override
			public void afterCommit() {
				callback.run();
			}
		});
	}

	/**
	 * Removes tokens whose time was over so long ago; no others, used or not. Nodes that
	 * meet delete in one order.
	 * @param keep how long tokens are kept after their time, so that a late use is told
	 * from an unknown token
	 * @param batchSize how many rows go at most
	 * @return how many rows went
	 */
	public int purge(Duration keep, int batchSize) {
		String due = "expires_at < " + this.dialect.later();
		Object limit = -TimeUnit.MICROSECONDS.convert(keep);
		List<byte[]> hashes = this.own.each((own) -> own.queryForList(
				"SELECT token_hash FROM idempotency_token WHERE " + due + " ORDER BY expires_at LIMIT " + batchSize,
				byte[].class, limit));
		hashes.sort(Arrays::compareUnsigned);
		return hashes.isEmpty() ? 0 : this.own.together((own) -> {
			if (this.dialect.isMySql()) {
				own.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
			}
			int[] counts = own.batchUpdate("DELETE FROM idempotency_token WHERE token_hash = ? AND " + due,
					hashes.stream().map((hash) -> new Object[] { hash, limit }).toList());
			return Arrays.stream(counts).map((count) -> Math.max(0, count)).sum();
		});
	}

	private JdbcOperations inTransaction() {
		String problem = this.transaction.problem();
		if (problem != null) {
			throw new UnprotectedEffectException("One-time tokens are issued, burnt and revoked in the transaction "
					+ "they belong to: " + problem + ". Call them inside a read-write transaction on the data source "
					+ "of the tables idempotency_*, for instance in a method with @ExactlyOnceEffect");
		}
		return this.jdbc;
	}

	private static StoredToken token(ResultSet row) throws SQLException {
		return new StoredToken(row.getBytes("token_hash"), row.getString("subject"),
				StoredToken.State.valueOf(row.getString("state")), row.getInt("attempts"));
	}

}
