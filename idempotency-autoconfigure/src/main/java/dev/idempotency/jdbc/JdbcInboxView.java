// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;

import javax.sql.DataSource;

import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.Fingerprint;
import dev.idempotency.inbox.InboxView;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Reads rows of finished local effects and of external ones that are not free to be
 * repeated.
 */
public final class JdbcInboxView implements InboxView {

	private final JdbcTemplate jdbc;

	private final String sql;

	/**
	 * Creates the view.
	 * @param dataSource where the tables are
	 * @param dialect what the database is
	 */
	public JdbcInboxView(DataSource dataSource, Dialect dialect) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.sql = "SELECT fingerprint, " + dialect.age("completed_at")
				+ " AS age FROM idempotency_inbox WHERE key_hash = ? UNION ALL SELECT fingerprint, "
				+ dialect.age("claimed_at")
				+ " AS age FROM idempotency_claim WHERE key_hash = ? AND status <> 'RETRYABLE'";
	}

	@Override
	public @Nullable Known find(EffectKey key) {
		byte[] hash = key.hash();
		List<Known> found = this.jdbc.query(this.sql, (row, index) -> known(row), hash, hash);
		return found.isEmpty() ? null : found.get(0);
	}

	private static Known known(ResultSet row) throws SQLException {
		byte[] fingerprint = row.getBytes("fingerprint");
		return new Known((fingerprint != null) ? Fingerprint.restore(fingerprint) : null,
				Duration.of(row.getLong("age"), ChronoUnit.MICROS));
	}

}
