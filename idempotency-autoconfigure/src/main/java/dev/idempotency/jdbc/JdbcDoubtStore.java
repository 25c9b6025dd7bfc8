// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.InDoubtEffect;
import dev.idempotency.inbox.ClaimId;
import dev.idempotency.inbox.DoubtStore;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.RowCallbackHandler;

/**
 * Reads the external effects in doubt.
 */
public final class JdbcDoubtStore implements DoubtStore {

	private static final String SELECT = "SELECT key_hash, fence, flow, effect_source, effect_id, contract, provider_key, "
			+ "attempts, changed_at, reason FROM " + ClaimSql.TABLE + " WHERE status = 'IN_DOUBT'";

	private final OwnTransactions transactions;

	private final Dialect dialect;

	/**
	 * Creates a reader.
	 * @param dataSource where the tables are
	 * @param dialect what the database is
	 */
	public JdbcDoubtStore(DataSource dataSource, Dialect dialect) {
		this.transactions = new OwnTransactions(dataSource);
		this.dialect = dialect;
	}

	/**
	 * {@inheritDoc}
	 * @throws DataAccessException if the database does not answer
	 */
	@Override
	public List<InDoubtEffect> oldest(int limit) {
		return this.transactions
			.each((jdbc) -> jdbc.query(SELECT + " ORDER BY changed_at LIMIT " + limit, (row, index) -> effect(row)));
	}

	/**
	 * {@inheritDoc}
	 * @throws DataAccessException if the database does not answer
	 */
	@Override
	public @Nullable EffectKey keyOf(ClaimId id) {
		List<EffectKey> found = this.transactions.each((jdbc) -> jdbc.query(SELECT + " AND key_hash = ? AND fence = ?",
				(row, index) -> JdbcClaimStore.keyOf(row), id.hash(), id.fence()));
		return found.isEmpty() ? null : found.get(0);
	}

	/**
	 * {@inheritDoc}
	 * @throws DataAccessException if the database does not answer
	 */
	@Override
	public List<InDoubtEffect> toAsk(Collection<String> flows, Duration pause, int limit) {
		String places = String.join(", ", flows.stream().map((flow) -> "?").toList());
		String due = " AND due_at <= " + this.dialect.now();
		return this.transactions.each((jdbc) -> {
			List<InDoubtEffect> found = jdbc.query(
					SELECT + due + " AND flow IN (" + places + ") ORDER BY due_at LIMIT " + limit,
					(row, index) -> effect(row), flows.toArray());
			List<InDoubtEffect> taken = new ArrayList<>(found.size());
			for (InDoubtEffect effect : found) {
				ClaimId id = Objects.requireNonNull(ClaimId.parse(effect.id()));
				if (jdbc.update(
						"UPDATE " + ClaimSql.TABLE + " SET due_at = " + this.dialect.later()
								+ " WHERE key_hash = ? AND fence = ? AND status = 'IN_DOUBT'" + due,
						TimeUnit.MICROSECONDS.convert(pause), id.hash(), id.fence()) == 1) {
					taken.add(effect);
				}
			}
			return taken;
		});
	}

	/**
	 * {@inheritDoc}
	 * @throws DataAccessException if the database does not answer
	 */
	@Override
	public Map<String, Depth> depths() {
		Map<String, Depth> depths = new LinkedHashMap<>();
		RowCallbackHandler add = (row) -> depths.put(row.getString(1),
				new Depth(row.getLong(2), Duration.of(row.getLong(3), ChronoUnit.MICROS)));
		return this.transactions.each((jdbc) -> {
			jdbc.query("SELECT flow, COUNT(*), " + this.dialect.age("MIN(changed_at)") + " FROM " + ClaimSql.TABLE
					+ " WHERE status = 'IN_DOUBT' GROUP BY flow ORDER BY flow", add);
			return depths;
		});
	}

	private InDoubtEffect effect(ResultSet row) throws SQLException {
		String reason = row.getString("reason");
		return new InDoubtEffect(new ClaimId(row.getBytes("key_hash"), row.getLong("fence")).toString(),
				JdbcClaimStore.keyOf(row), EffectContract.valueOf(row.getString("contract")),
				row.getString("provider_key"), row.getInt("attempts"), this.dialect.instant(row, "changed_at"),
				(reason != null) ? reason : "");
	}

}
