// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.HexFormat;
import java.util.Map;

import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.Outcome;
import dev.idempotency.effect.UnprotectedEffectException;
import dev.idempotency.inbox.Claim;
import dev.idempotency.inbox.Inbox;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * An inbox that is one table in H2.
 */
class TableInbox implements Inbox {

	private final JdbcTemplate jdbc;

	TableInbox(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
		jdbc.execute("create table claim (hash varchar(64) primary key, outcome varchar(20), fingerprint varchar(64))");
	}

	@Override
	public Claim claim(EffectCall call) {
		if (!TransactionSynchronizationManager.isActualTransactionActive()) {
			throw new UnprotectedEffectException("no transaction");
		}
		String hash = HexFormat.of().formatHex(call.key().hash());
		String fingerprint = (call.fingerprint() != null) ? HexFormat.of().formatHex(call.fingerprint().bytes()) : "";
		try {
			this.jdbc.update("insert into claim values (?, ?, ?)", hash, Outcome.COMPLETED.name(), fingerprint);
			return new Row(hash);
		}
		catch (DuplicateKeyException ex) {
			Map<String, Object> row = this.jdbc.queryForMap("select * from claim where hash = ?", hash);
			return row.get("fingerprint").equals(fingerprint)
					? new Claim.Done(Outcome.valueOf((String) row.get("outcome"))) : new Claim.Collision();
		}
	}

	int claims() {
		return this.jdbc.queryForObject("select count(*) from claim", Integer.class);
	}

	private final class Row implements Claim.Held {

		private final String hash;

		private Row(String hash) {
			this.hash = hash;
		}

		@Override
		public void reject() {
			TableInbox.this.jdbc.update("update claim set outcome = ? where hash = ?", Outcome.REJECTED.name(),
					this.hash);
		}

		@Override
		public boolean holds() {
			return TableInbox.this.jdbc.update("update claim set hash = hash where hash = ?", this.hash) == 1;
		}

	}

}
