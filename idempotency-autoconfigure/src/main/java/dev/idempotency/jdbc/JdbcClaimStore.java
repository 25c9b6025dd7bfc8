// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

import javax.sql.DataSource;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.Fingerprint;
import dev.idempotency.effect.StoredResult;
import dev.idempotency.effect.UnprotectedEffectException;
import dev.idempotency.inbox.ClaimChange;
import dev.idempotency.inbox.ClaimId;
import dev.idempotency.inbox.ClaimRequest;
import dev.idempotency.inbox.ClaimState;
import dev.idempotency.inbox.ClaimStore;
import dev.idempotency.inbox.StoredClaim;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;

/**
 * Keeps external effects in rows whose key is a hash of fixed length. Every step is one
 * statement that commits by itself, on a connection of its own.
 */
public final class JdbcClaimStore implements ClaimStore {

	private final OwnTransactions transactions;

	private final ClaimSql sql;

	/**
	 * Creates a store.
	 * @param dataSource where the tables are
	 * @param dialect what the database is
	 */
	public JdbcClaimStore(DataSource dataSource, Dialect dialect) {
		this.transactions = new OwnTransactions(dataSource);
		this.sql = new ClaimSql(dialect);
	}

	/**
	 * {@inheritDoc}
	 * @throws DataAccessException if the database does not answer
	 */
	@Override
	public @Nullable StoredClaim open(ClaimRequest request) {
		EffectKey key = request.key();
		byte[] hash = key.hash();
		return this.transactions.change((jdbc) -> {
			List<@Nullable Object> values = new ArrayList<>();
			values.add(micros(request.lease()));
			window(request, values);
			values.add(hash);
			values.add(request.contract().name());
			values.add(key.consumer());
			values.add(request.owner());
			values.add(request.providerKey());
			values.add(key.source());
			values.add(key.id());
			values.add(bytes(request.fingerprint()));
			while (!inserted(() -> jdbc.update(this.sql.insert(request.window() != null), values.toArray()))) {
				List<StoredClaim> found = jdbc.query(this.sql.select("key_hash = ?"), (row, index) -> claim(row, key),
						micros(request.lease()), hash);
				if (!found.isEmpty()) {
					return found.get(0);
				}
			}
			return null;
		});
	}

	/**
	 * A duplicate key is the answer, not a failure: the statement commits by itself, so
	 * it leaves no transaction behind that would be lost.
	 */
	private static boolean inserted(IntSupplier insert) {
		try {
			return insert.getAsInt() == 1;
		}
		catch (DuplicateKeyException ex) {
			return false;
		}
	}

	/**
	 * {@inheritDoc}
	 * @throws DataAccessException if the database does not answer
	 */
	@Override
	public boolean takeOver(ClaimRequest request, StoredClaim seen) {
		List<@Nullable Object> values = new ArrayList<>();
		values.add(micros(request.lease()));
		values.add(request.contract().name());
		values.add(request.owner());
		values.add(request.providerKey());
		values.add(bytes((request.fingerprint() != null) ? request.fingerprint() : seen.fingerprint()));
		if (seen.reached()) {
			values.addAll(List.of(request.key().hash(), seen.fence(), micros(request.lease())));
			return update(this.sql.repeat(), values);
		}
		window(request, values);
		values.addAll(List.of(request.key().hash(), seen.fence()));
		return update(this.sql.begin(request.window() != null, seen.mayHaveReached(request.providerKey())), values);
	}

	/**
	 * {@inheritDoc}
	 * @throws DataAccessException if the database does not answer
	 */
	@Override
	public boolean renew(ClaimId id, Duration lease) {
		return update(this.sql.renew(), List.of(micros(lease), id.hash(), id.fence()));
	}

	/**
	 * {@inheritDoc}
	 * @throws DataAccessException if the database does not answer
	 */
	@Override
	public boolean change(ClaimChange change) {
		StoredResult result = change.result();
		List<@Nullable Object> values = new ArrayList<>();
		values.add(change.to().name());
		values.add(change.reached());
		values.add((change.reason() != null) ? Texts.shortened(change.reason()) : null);
		values.add((result != null) ? result.codec() : null);
		values.add((result != null) ? result.body() : null);
		if (change.keep() != null) {
			values.add(micros(change.keep()));
		}
		values.add(change.id().hash());
		values.add(change.id().fence());
		values.add(change.from().name());
		return update(this.sql.change(change), values);
	}

	/**
	 * {@inheritDoc}
	 * @throws DataAccessException if the database does not answer
	 */
	@Override
	public @Nullable StoredClaim find(EffectKey key) {
		List<StoredClaim> found = this.transactions.each(
				(jdbc) -> jdbc.query(this.sql.select("key_hash = ?"), (row, index) -> claim(row, key), 0L, key.hash()));
		return found.isEmpty() ? null : found.get(0);
	}

	/**
	 * {@inheritDoc}
	 * @throws DataAccessException if the database does not answer
	 */
	@Override
	public List<StoredClaim> abandoned(int limit) {
		return this.transactions.each((jdbc) -> {
			List<StoredClaim> found = new ArrayList<>();
			for (String each : this.sql.abandoned(limit)) {
				found.addAll(jdbc.query(each, (row, index) -> claim(row, keyOf(row)), 0L));
			}
			return found;
		});
	}

	private boolean update(String statement, List<@Nullable Object> values) {
		return this.transactions.change((jdbc) -> jdbc.update(statement, values.toArray())) == 1;
	}

	static EffectKey keyOf(ResultSet row) throws SQLException {
		return new EffectKey(row.getString("flow"), row.getString("effect_source"), row.getString("effect_id"));
	}

	private static StoredClaim claim(ResultSet row, EffectKey key) throws SQLException {
		byte[] fingerprint = row.getBytes("fingerprint");
		String codec = row.getString("codec");
		return new StoredClaim(key, EffectContract.valueOf(row.getString("contract")), state(row, key),
				row.getLong("fence"), row.getInt("attempts"), row.getBoolean("reached"), row.getString("owner"),
				row.getString("provider_key"), (fingerprint != null) ? Fingerprint.restore(fingerprint) : null,
				row.getInt("due") == 1, row.getInt("window_open") == 1,
				(codec != null) ? new StoredResult(codec, row.getBytes("result")) : null);
	}

	/**
	 * A later version of the library may know states that this one does not.
	 */
	private static ClaimState state(ResultSet row, EffectKey key) throws SQLException {
		String name = row.getString("status");
		for (ClaimState state : ClaimState.values()) {
			if (state.name().equals(name)) {
				return state;
			}
		}
		throw new UnprotectedEffectException("Effect " + key + " has status '" + name
				+ "', which this version of the library does not know, so it is not touched; "
				+ "use the version that wrote it, or a later one");
	}

	private static void window(ClaimRequest request, List<@Nullable Object> values) {
		if (request.window() != null) {
			values.add(micros(request.window()));
		}
	}

	private static byte @Nullable [] bytes(@Nullable Fingerprint fingerprint) {
		return (fingerprint != null) ? fingerprint.bytes() : null;
	}

	private static Object micros(Duration duration) {
		return TimeUnit.MICROSECONDS.convert(duration);
	}

}
