// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

import javax.sql.DataSource;

import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.UnprotectedEffectException;
import dev.idempotency.inbox.Claim;
import dev.idempotency.inbox.Inbox;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.jdbc.support.SQLExceptionTranslator;

/**
 * Claims by inserting a row whose key is a hash of fixed length: no collation, padding or
 * truncation can make two ids equal. A finished effect is one insert and one check. A row
 * past its retention still counts as done until it is purged, so that a duplicate never
 * races the purge.
 */
public final class JdbcInbox implements Inbox {

	/** As databases compare bytes. */
	private static final Comparator<ByteBuffer> IN_ORDER = (one, other) -> Arrays.compareUnsigned(one.array(),
			other.array());

	private final CallersTransaction transaction;

	private final Claims claims;

	private final SQLExceptionTranslator translator = new SQLExceptionSubclassTranslator();

	/**
	 * Creates an inbox.
	 * @param dataSource where the tables are; its transactions are those of the effects
	 * @param dialect what the database is
	 */
	public JdbcInbox(DataSource dataSource, Dialect dialect) {
		this.transaction = new CallersTransaction(dataSource);
		this.claims = Claims.of(dialect);
	}

	/**
	 * {@inheritDoc}
	 * @throws DataAccessException if the database does not answer
	 */
	@Override
	public Claim claim(EffectCall call) {
		Connection connection = connection(call.key());
		try {
			return claim(connection, call);
		}
		catch (SQLException ex) {
			return busy(call.key(), ex);
		}
	}

	/**
	 * {@inheritDoc}
	 * @throws DataAccessException if the database does not answer
	 */
	@Override
	public List<Claim> claimAll(List<EffectCall> calls) {
		if (calls.isEmpty()) {
			return List.of();
		}
		if (calls.stream().anyMatch((call) -> RowNumber.of(call) != null)) {
			return Inbox.super.claimAll(calls);
		}
		EffectKey first = calls.get(0).key();
		Connection connection = connection(first);
		try {
			return claimAll(connection, calls);
		}
		catch (SQLException ex) {
			return Collections.nCopies(calls.size(), busy(first, ex));
		}
	}

	private Connection connection(EffectKey key) {
		Connection connection = this.transaction.connection();
		if (connection == null) {
			throw new UnprotectedEffectException("Effect " + key + " cannot be protected: " + this.transaction.problem()
					+ ". Run it in a read-write transaction of a "
					+ "JdbcTransactionManager or JpaTransactionManager on that data source");
		}
		return connection;
	}

	private Claim busy(EffectKey key, SQLException failure) {
		if (SqlFailures.busy(failure)) {
			return new Claim.Busy(failure);
		}
		if (SqlFailures.lostTransaction(failure)) {
			throw new UnprotectedEffectException(
					"Effect " + key + " cannot be protected: an earlier statement failed and ended the transaction",
					failure);
		}
		throw translate("claim", failure);
	}

	private Claim claim(Connection connection, EffectCall call) throws SQLException {
		Claims.Proof proof = this.claims.insert(connection, call);
		if (proof != null) {
			return new HeldClaim(connection, call.key(), proof);
		}
		RowNumber number = RowNumber.of(call);
		if (number != null) {
			return lost(connection, call, number);
		}
		Claims.Stored winner = this.claims.winner(connection, call.key().hash());
		return (winner != null) ? finished(winner, call) : new Claim.Busy(null);
	}

	/**
	 * A repetition may come under another number than the original, in a new numbering
	 * for instance. Then its number is accounted for by a row of its own, or it would
	 * count as lost. Asking what an insert lost to ends the bound of its wait.
	 */
	private Claim lost(Connection connection, EffectCall call, RowNumber number) throws SQLException {
		Claims.Winner winner = this.claims.winner(connection, call.key().hash(), number);
		if (winner == null) {
			return new Claim.Busy(null);
		}
		EffectCall witness = number.witness(call);
		if (!winner.accounted() && this.claims.insert(connection, witness) == null) {
			this.claims.winner(connection, witness.key().hash(), number);
		}
		return finished(winner.stored(), call);
	}

	private List<Claim> claimAll(Connection connection, List<EffectCall> calls) throws SQLException {
		List<ByteBuffer> hashes = calls.stream().map((call) -> ByteBuffer.wrap(call.key().hash())).toList();
		SortedMap<ByteBuffer, EffectCall> firsts = new TreeMap<>(IN_ORDER);
		Duration waitFor = Duration.ZERO;
		for (int i = 0; i < calls.size(); i++) {
			EffectCall call = calls.get(i);
			firsts.putIfAbsent(hashes.get(i), call);
			waitFor = (call.settings().waitFor().compareTo(waitFor) > 0) ? call.settings().waitFor() : waitFor;
		}
		Claims.Won won = this.claims.insertAll(connection, firsts, waitFor);
		List<ByteBuffer> lost = firsts.keySet().stream().filter((hash) -> !won.hashes().contains(hash)).toList();
		Map<ByteBuffer, Claims.Stored> winners = lost.isEmpty() ? Map.of() : this.claims.winners(connection, lost);
		if (winners.size() < lost.size()) {
			return Collections.nCopies(calls.size(), new Claim.Busy(null));
		}
		Map<ByteBuffer, Claims.Stored> done = new HashMap<>(winners);
		List<Claim> claims = new ArrayList<>(calls.size());
		for (int i = 0; i < calls.size(); i++) {
			EffectCall call = calls.get(i);
			Claims.Stored stored = done.putIfAbsent(hashes.get(i), Claims.Stored.of(call));
			claims.add((stored != null) ? finished(stored, call)
					: new HeldClaim(connection, call.key(), Objects.requireNonNull(won.proof(), "proof")));
		}
		return claims;
	}

	private static Claim finished(Claims.Stored winner, EffectCall call) {
		return winner.collidesWith(call.fingerprint()) ? new Claim.Collision() : new Claim.Done(winner.outcome());
	}

	private DataAccessException translate(String task, SQLException failure) {
		DataAccessException translated = this.translator.translate(task, null, failure);
		return (translated != null) ? translated : new UncategorizedSQLException(task, null, failure);
	}

	/**
	 * A row inserted by the running transaction.
	 */
	private final class HeldClaim implements Claim.Held {

		private final Connection connection;

		private final EffectKey key;

		private final Claims.Proof proof;

		private HeldClaim(Connection connection, EffectKey key, Claims.Proof proof) {
			this.connection = connection;
			this.key = key;
			this.proof = proof;
		}

		@Override
		public void reject() {
			try {
				if (!JdbcInbox.this.claims.reject(this.connection, this.key.hash())) {
					throw lost(null);
				}
			}
			catch (SQLException ex) {
				if (SqlFailures.lostTransaction(ex)) {
					throw lost(ex);
				}
				throw translate("reject", ex);
			}
		}

		@Override
		public boolean holds() {
			try {
				return this.proof.holds();
			}
			catch (SQLException ex) {
				if (SqlFailures.lostTransaction(ex)) {
					return false;
				}
				throw translate("check", ex);
			}
		}

		private UnprotectedEffectException lost(@Nullable Throwable cause) {
			return new UnprotectedEffectException(
					"The transaction of effect " + this.key + " ended before its body did", cause);
		}

	}

}
