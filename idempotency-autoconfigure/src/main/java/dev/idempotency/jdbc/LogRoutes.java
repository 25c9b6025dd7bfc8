// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.idempotency.outbox.OutboxRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.RowCallbackHandler;

/**
 * The routing keys of a destination whose messages are numbered. A key that has a number
 * keeps it for ever, and once there are as many as allowed none is added: so whoever
 * repeats a page finds the same messages numbered.
 */
final class LogRoutes {

	private static final Logger logger = LoggerFactory.getLogger(LogRoutes.class);

	private static final String ALONE = "SELECT " + LogSql.NOT_IDLE
			+ ", pg_advisory_xact_lock('idempotency_outbox_route'::regclass::int, hashtext(?))";

	private final OwnTransactions transactions;

	private final String destination;

	private Map<String, Integer> known = Map.of();

	private boolean full;

	LogRoutes(OwnTransactions transactions, String destination) {
		this.transactions = transactions;
		this.destination = destination;
	}

	/**
	 * The numbers of routing keys. Those that are new get one before anything is sent
	 * under it.
	 * @param messages messages of the destination
	 * @param most how many routing keys have numbers
	 * @return numbers from 0, none for keys that are too many
	 */
	Map<String, Integer> of(List<OutboxRecord> messages, int most) {
		Set<String> fresh = new LinkedHashSet<>();
		for (OutboxRecord message : messages) {
			if (!message.isReplay() && !this.known.containsKey(message.routingKey())) {
				fresh.add(message.routingKey());
			}
		}
		if (!fresh.isEmpty() && !this.full) {
			this.known = this.transactions.together((jdbc) -> add(jdbc, fresh, most));
			this.full = this.known.size() >= most;
			if (!this.known.keySet().containsAll(fresh)) {
				logger.warn(
						"Messages to '{}' have more than {} routing keys. Those of further routing keys have no numbers: "
								+ "their consumers know repetitions by ids, and cannot tell a loss",
						this.destination, most);
			}
		}
		return this.known;
	}

	private Map<String, Integer> add(JdbcOperations jdbc, Collection<String> fresh, int most) {
		jdbc.queryForList(ALONE, this.destination);
		Map<String, Integer> all = new HashMap<>();
		RowCallbackHandler known = (row) -> all.put(row.getString(1), row.getInt(2));
		jdbc.query("SELECT route, number FROM idempotency_outbox_route WHERE destination = ?", known, this.destination);
		for (String route : fresh) {
			if (all.size() < most && all.putIfAbsent(route, all.size()) == null) {
				jdbc.update("INSERT INTO idempotency_outbox_route (destination, route, number) VALUES (?, ?, ?)",
						this.destination, route, all.get(route));
			}
		}
		return all;
	}

}
