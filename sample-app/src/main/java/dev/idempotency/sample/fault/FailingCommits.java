// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.fault;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Makes commits of the inventory fail inside PostgreSQL, after the listener has returned.
 */
@Component
public class FailingCommits {

	private final JdbcClient database;

	FailingCommits(JdbcClient database) {
		this.database = database;
	}

	void failNext(int commits) {
		this.database.sql("select setval('failing_commits', :commits)").param("commits", commits).query().singleValue();
	}

	/**
	 * How many commits are still to fail.
	 * @return the number
	 */
	public long pending() {
		return this.database.sql("select last_value from failing_commits").query(Long.class).single();
	}

}
