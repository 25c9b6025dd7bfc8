// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.concurrent.ThreadLocalRandom;

import org.springframework.jdbc.core.JdbcOperations;

/**
 * Removes expired inbox rows and their results on PostgreSQL without an index on their
 * expiry, which every effect would have to pay for: reads the table piece by piece, as it
 * lies on disk. Each step reads a bounded piece and removes at most one batch; nodes
 * begin at places of their own. At one step a minute no row outlives its retention by
 * much more than a day.
 */
final class TableWalk {

	private static final int LEAST_PAGES = 1_000;

	private static final int STEPS = 1_440;

	private static final String PAGES = "SELECT pg_relation_size('idempotency_inbox') "
			+ "/ CAST(current_setting('block_size') AS bigint)";

	/**
	 * Rows are locked in the order in which they lie, so nodes that meet cannot deadlock.
	 */
	private static final String DELETE = "WITH gone AS (DELETE FROM idempotency_inbox WHERE ctid = ANY (ARRAY("
			+ "SELECT ctid FROM idempotency_inbox WHERE ctid >= CAST(? AS tid) AND ctid < CAST(? AS tid) AND "
			+ "expires_at < statement_timestamp() LIMIT ?)) RETURNING key_hash), results AS ("
			+ "DELETE FROM idempotency_result USING gone WHERE idempotency_result.key_hash = gone.key_hash) "
			+ "SELECT count(*) FROM gone";

	private final int batchSize;

	private final int leastPages;

	private long next = -1;

	TableWalk(int batchSize) {
		this(batchSize, LEAST_PAGES);
	}

	TableWalk(int batchSize, int leastPages) {
		this.batchSize = batchSize;
		this.leastPages = leastPages;
	}

	/**
	 * Goes one step, and stays where it is when the batch was full.
	 * @return how many rows went
	 */
	synchronized int step(JdbcOperations jdbc) {
		Long size = jdbc.queryForObject(PAGES, Long.class);
		long pages = (size != null) ? size : 0;
		long piece = Math.max(this.leastPages, pages / STEPS);
		long from = start(pages, piece);
		Integer gone = jdbc.queryForObject(DELETE, Integer.class, tid(from), tid(from + piece), this.batchSize);
		int removed = (gone != null) ? gone : 0;
		this.next = (removed < this.batchSize) ? from + piece : from;
		return removed;
	}

	private long start(long pages, long piece) {
		if (pages <= piece) {
			return 0;
		}
		if (this.next < 0) {
			return ThreadLocalRandom.current().nextLong(pages);
		}
		return (this.next < pages) ? this.next : 0;
	}

	private static String tid(long page) {
		return "(" + page + ",0)";
	}

}
