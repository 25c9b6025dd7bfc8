// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import dev.idempotency.testing.SharedPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TableWalkIT {

	private static final int ROWS = 3_000;

	private static MigratedDatabase database;

	@BeforeAll
	static void open() {
		database = new MigratedDatabase(SharedPostgres.open());
	}

	@AfterAll
	static void close() {
		database.close();
	}

	@BeforeEach
	void fill() {
		database.jdbc().execute("truncate idempotency_inbox");
		database.jdbc()
			.update("insert into idempotency_inbox select now(), now() + case when n % 3 = 0 then interval '-1 second' "
					+ "else interval '1 day' end, sha256(int4send(n)), 'flow', 'COMPLETED', null "
					+ "from generate_series(1, ?) as n", ROWS);
	}

	@Test
	void onceAroundRemovesWhatIsExpiredWhereverItBeginsAndNothingElse() {
		TableWalk walk = new TableWalk(1_000, 1);
		int removed = 0;
		for (long steps = pages() + 1; steps > 0; steps--) {
			removed += walk.step(database.jdbc());
		}
		assertThat(removed).isEqualTo(ROWS / 3);
		assertThat(database.count("idempotency_inbox")).isEqualTo(ROWS - ROWS / 3);
		assertThat(database.count("idempotency_inbox WHERE expires_at < now()")).isZero();
	}

	@Test
	void stepRemovesNoMoreThanABatchAndStaysUntilItIsDone() {
		TableWalk walk = new TableWalk(7, 10_000);
		List<Integer> removed = new ArrayList<>();
		do {
			removed.add(walk.step(database.jdbc()));
		}
		while (removed.get(removed.size() - 1) == 7);
		assertThat(removed).hasSize(ROWS / 3 / 7 + 1).allMatch((count) -> count <= 7);
		assertThat(database.count("idempotency_inbox")).isEqualTo(ROWS - ROWS / 3);
	}

	@Test
	void fullBatchKeepsItsPlaceInALargeTable() {
		List<Integer> before = rowsPerPage();
		TableWalk walk = new TableWalk(1, 1);
		for (int step = 0; step < 5; step++) {
			walk.step(database.jdbc());
		}
		List<Integer> after = rowsPerPage();
		assertThat(IntStream.range(0, before.size()).filter((page) -> !before.get(page).equals(after.get(page))))
			.hasSizeBetween(1, 2);
	}

	@Test
	void stepReadsItsPieceOnly() {
		TableWalk walk = new TableWalk(1_000, 1);
		assertThat(walk.step(database.jdbc())).isPositive().isLessThan(ROWS / 3 / 4);
	}

	@Test
	void emptyTableIsNoTrouble() {
		database.jdbc().execute("truncate idempotency_inbox");
		assertThat(new TableWalk(10, 1).step(database.jdbc())).isZero();
	}

	private static List<Integer> rowsPerPage() {
		return database.jdbc()
			.queryForList("select count(*) from idempotency_inbox group by (ctid::text::point)[0] "
					+ "order by (ctid::text::point)[0]", Integer.class);
	}

	private static long pages() {
		Long pages = database.jdbc().queryForObject("select pg_relation_size('idempotency_inbox') / 8192", Long.class);
		return (pages != null) ? pages : 0;
	}

}
