// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.List;

import dev.idempotency.inbox.ClaimChange;
import dev.idempotency.inbox.ClaimState;

/**
 * The statements of external effects. Each is one conditional step on one row.
 */
final class ClaimSql {

	static final String TABLE = "idempotency_claim";

	/** What may go once it is due: nothing that may have happened and is not decided. */
	static final String DISPOSABLE = "(status IN ('COMPLETED', 'REJECTED') "
			+ "OR (status = 'RETRYABLE' AND reached = FALSE))";

	private static final String COLUMNS = "key_hash, flow, effect_source, effect_id, contract, status, fence, attempts, "
			+ "reached, owner, provider_key, fingerprint, codec, result";

	private final Dialect dialect;

	ClaimSql(Dialect dialect) {
		this.dialect = dialect;
	}

	/**
	 * Parameters: lease, window if there is one, hash, contract, flow, owner, provider
	 * key, source, id, fingerprint.
	 */
	String insert(boolean windowed) {
		String sql = "INSERT INTO " + TABLE
				+ " (claimed_at, changed_at, due_at, window_until, fence, attempts, reached, "
				+ "status, key_hash, contract, flow, owner, provider_key, effect_source, effect_id, fingerprint) VALUES ("
				+ this.dialect.now() + ", " + this.dialect.now() + ", " + this.dialect.later() + ", " + window(windowed)
				+ ", 1, 1, FALSE, 'CLAIMED', ?, ?, ?, ?, ?, ?, ?, ?)";
		if (this.dialect == Dialect.POSTGRESQL) {
			return sql + " ON CONFLICT (key_hash) DO NOTHING";
		}
		return this.dialect.isMySql() ? sql.replaceFirst("INSERT", "INSERT IGNORE") : sql;
	}

	/**
	 * Parameters: margin of the window; those of the condition.
	 */
	String select(String condition) {
		return "SELECT " + COLUMNS + ", CASE WHEN due_at <= " + this.dialect.now() + " THEN 1 ELSE 0 END AS due, "
				+ "CASE WHEN window_until > " + this.dialect.later() + " THEN 1 ELSE 0 END AS window_open FROM " + TABLE
				+ " WHERE " + condition;
	}

	/**
	 * Of what may have reached the outside. Parameters: lease, contract, owner, provider
	 * key, fingerprint; hash, fence; lease.
	 */
	String repeat() {
		return takeOver("attempts = attempts + 1") + " AND reached = TRUE AND window_until > " + this.dialect.later();
	}

	/**
	 * Of what did not, or is run again by a decision. If its provider may know the key,
	 * the window goes on, else it begins anew. Parameters: lease, contract, owner,
	 * provider key, fingerprint, window if there is one; hash, fence.
	 */
	String begin(boolean windowed, boolean known) {
		String window = known ? "CASE WHEN window_until > " + this.dialect.now() + " THEN window_until ELSE "
				+ window(windowed) + " END" : window(windowed);
		return takeOver("attempts = 1, reached = " + (known ? "TRUE" : "FALSE") + ", window_until = " + window)
				+ " AND reached = FALSE";
	}

	/**
	 * Who had it run again is remembered, why it failed is not.
	 */
	private String takeOver(String changes) {
		return "UPDATE " + TABLE + " SET status = 'CLAIMED', fence = fence + 1, claimed_at = " + this.dialect.now()
				+ ", changed_at = " + this.dialect.now() + ", due_at = " + this.dialect.later()
				+ ", contract = ?, owner = ?, provider_key = ?, fingerprint = ?, "
				+ "reason = CASE WHEN attempts = 0 THEN reason END, " + changes
				+ " WHERE key_hash = ? AND fence = ? AND status = 'RETRYABLE'";
	}

	/**
	 * Parameters: lease, hash, fence.
	 */
	String renew() {
		return "UPDATE " + TABLE + " SET due_at = " + this.dialect.later()
				+ " WHERE key_hash = ? AND fence = ? AND status = 'CLAIMED'";
	}

	/**
	 * Parameters: new state, reached, reason, codec, result, how long to keep if that is
	 * said; hash, fence, old state.
	 */
	String change(ClaimChange change) {
		StringBuilder sql = new StringBuilder(
				"UPDATE " + TABLE + " SET status = ?, reached = ?, reason = COALESCE(?, reason), codec = ?, "
						+ "result = ?, changed_at = " + this.dialect.now() + ", due_at = " + due(change));
		if (change.from() == ClaimState.IN_DOUBT) {
			sql.append(", fence = fence + 1, attempts = 0");
		}
		if (change.newKey()) {
			sql.append(", provider_key = NULL");
		}
		if (change.to().isFinished()) {
			sql.append(", effect_source = NULL, effect_id = NULL");
		}
		sql.append(" WHERE key_hash = ? AND fence = ? AND status = ?");
		if (change.afterLease()) {
			sql.append(" AND due_at <= ").append(this.dialect.now());
		}
		return sql.toString();
	}

	private String due(ClaimChange change) {
		if (change.keep() != null) {
			return this.dialect.later();
		}
		return (change.to() == ClaimState.RETRYABLE) ? "COALESCE(window_until, " + this.dialect.now() + ")"
				: this.dialect.now();
	}

	/**
	 * Abandoned claims; parameter: margin of the window.
	 */
	List<String> abandoned(int limit) {
		String due = " AND due_at <= " + this.dialect.now() + " ORDER BY due_at LIMIT " + limit;
		return List.of(select("status = 'CLAIMED'" + due), select("status = 'RETRYABLE' AND reached = TRUE" + due));
	}

	private String window(boolean windowed) {
		return windowed ? this.dialect.later() : "NULL";
	}

}
