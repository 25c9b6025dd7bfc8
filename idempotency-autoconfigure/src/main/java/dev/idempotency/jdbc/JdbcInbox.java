// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

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
		Connection connection = this.transaction.connection();
		if (connection == null) {
			throw new UnprotectedEffectException("Effect " + call.key() + " cannot be protected: "
					+ this.transaction.problem() + ". Run it in a read-write transaction of a "
					+ "JdbcTransactionManager or JpaTransactionManager on that data source");
		}
		try {
			return claim(connection, call);
		}
		catch (SQLException ex) {
			if (SqlFailures.busy(ex)) {
				return new Claim.Busy(ex);
			}
			if (SqlFailures.lostTransaction(ex)) {
				throw new UnprotectedEffectException("Effect " + call.key()
						+ " cannot be protected: an earlier statement failed and ended the transaction", ex);
			}
			throw translate("claim", ex);
		}
	}

	private Claim claim(Connection connection, EffectCall call) throws SQLException {
		Claims.Proof proof = this.claims.insert(connection, call);
		if (proof != null) {
			return new HeldClaim(connection, call.key(), proof);
		}
		Claims.Stored winner = this.claims.winner(connection, call.key().hash());
		if (winner == null) {
			return new Claim.Busy(null);
		}
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
