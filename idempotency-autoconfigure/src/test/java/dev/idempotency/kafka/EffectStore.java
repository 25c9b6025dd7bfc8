// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.List;

import javax.sql.DataSource;

import dev.idempotency.delivery.Attempts;
import dev.idempotency.delivery.ParkedMessage;
import dev.idempotency.delivery.ParkingLot;
import dev.idempotency.effect.EffectKey;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The smallest inbox, attempts and parking lot that can be right, in one database.
 */
final class EffectStore implements Attempts, ParkingLot {

	private final JdbcTemplate jdbc;

	private final TransactionTemplate transaction;

	EffectStore(DataSource dataSource) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
		this.jdbc.execute("create table inbox (id varchar(200) primary key)");
		this.jdbc.execute("create table effect (id varchar(200))");
		this.jdbc.execute("create table attempt (id varchar(200) primary key, times int)");
		this.jdbc.execute("create table parked (position varchar(200) primary key, reason varchar(40), body varbinary,"
				+ " attempts int, record_key varchar(200))");
	}

	/**
	 * Applies an effect once per id.
	 * @return whether it was applied now
	 */
	boolean apply(String id, Runnable body) {
		return Boolean.TRUE.equals(this.transaction.execute((status) -> {
			if (this.jdbc.update("insert into inbox select ? where not exists (select 1 from inbox where id = ?)", id,
					id) == 0) {
				return false;
			}
			this.jdbc.update("insert into effect values (?)", id);
			body.run();
			return true;
		}));
	}

	@Override
	public int failed(EffectKey key, String error) {
		if (this.jdbc.update("update attempt set times = times + 1 where id = ?", key.id()) == 0) {
			this.jdbc.update("insert into attempt values (?, 1)", key.id());
		}
		return attempts(key.id());
	}

	@Override
	public void forget(EffectKey key) {
		this.jdbc.update("delete from attempt where id = ?", key.id());
	}

	@Override
	public void park(ParkedMessage message) {
		this.jdbc.update("merge into parked key (position) values (?, ?, ?, ?, ?)", message.position(),
				message.reason().name(), message.body(), message.attempts(), message.key());
	}

	int attempts(String id) {
		return this.jdbc.queryForList("select times from attempt where id = ?", Integer.class, id)
			.stream()
			.findFirst()
			.orElse(0);
	}

	List<String> effects() {
		return this.jdbc.queryForList("select id from effect", String.class);
	}

	List<Parked> parked() {
		return this.jdbc.query("select * from parked order by position",
				(row, number) -> new Parked(row.getString("reason"), row.getBytes("body"), row.getInt("attempts"),
						row.getString("record_key")));
	}

	/**
	 * How many records are applied or set aside.
	 */
	int settled() {
		return effects().size() + parked().size();
	}

	/**
	 * A message set aside.
	 */
	record Parked(String reason, byte[] body, int attempts, String key) {
	}

}
