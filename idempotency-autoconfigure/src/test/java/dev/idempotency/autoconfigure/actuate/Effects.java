// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.actuate;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Two effects in the database, of which the first can be broken and mended.
 */
final class Effects {

	final List<String> handledByOther = new CopyOnWriteArrayList<>();

	final List<String> letters = new CopyOnWriteArrayList<>();

	volatile boolean broken = true;

	private final JdbcTemplate jdbc;

	Effects(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
		jdbc.execute("CREATE TABLE bill (item varchar(100))");
	}

	void bill(String item) {
		this.jdbc.update("INSERT INTO bill VALUES (?)", item);
		if (this.broken) {
			throw new IllegalStateException("the price is missing");
		}
	}

	List<String> bills() {
		return this.jdbc.queryForList("SELECT item FROM bill", String.class);
	}

}
