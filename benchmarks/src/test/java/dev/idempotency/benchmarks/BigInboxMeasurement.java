// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

import javax.sql.DataSource;

import dev.idempotency.effect.EffectTemplate;
import dev.idempotency.jdbc.Dialect;
import dev.idempotency.jdbc.InboxPurge;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Effects beside an inbox that has grown, a tenth of it past its retention and being
 * purged meanwhile. Takes long.
 */
final class BigInboxMeasurement implements Measurement {

	private static final String INBOX = "idempotency_inbox";

	private static final String OTHER = "idempotency_inbox_other";

	private static final int SMALL = 10_000;

	private static final int THREADS = 2;

	private final Environment environment;

	private final int effects;

	private final int rows;

	private final JdbcTemplate jdbc;

	private final EffectTemplate template;

	private int filled;

	BigInboxMeasurement(Environment environment, Scale scale) {
		this.environment = environment;
		this.effects = scale.of(20_000);
		this.rows = Math.max(2 * SMALL, scale.of(10_000_000));
		this.jdbc = environment.bean(JdbcTemplate.class);
		this.template = environment.bean(EffectTemplate.class);
	}

	@Override
	public String title() {
		return "Effects beside a grown inbox that is being purged";
	}

	@Override
	public String work() {
		return this.effects + " effects of one insert by " + THREADS + " threads, random ids";
	}

	@Override
	public List<Figure> figures() {
		return List.of(Figure.rate("effects"));
	}

	@Override
	public List<Variant> variants() {
		return List.of(Variant.timed(SMALL + " rows", this.effects, this::run).after(() -> swapTo(SMALL)),
				Variant
					.timed(this.rows + " rows, " + this.rows / 10 + " of them expired, purge running", this.effects,
							this::runBesidePurge)
					.after(() -> swapTo(this.rows))
					.target(0.95));
	}

	/**
	 * Two tables take turns in being the inbox.
	 */
	private void swapTo(int rows) {
		if (this.filled == 0) {
			this.jdbc.execute("create table " + OTHER + " (like " + INBOX + " including all)");
			this.jdbc.execute("truncate " + INBOX);
			fill(INBOX, SMALL, 0);
			fill(OTHER, this.rows, this.rows / 10);
			this.filled = SMALL;
		}
		if (this.filled != rows) {
			this.jdbc.execute("alter table " + INBOX + " rename to idempotency_inbox_swapped; alter table " + OTHER
					+ " rename to " + INBOX + "; alter table idempotency_inbox_swapped rename to " + OTHER);
			this.filled = rows;
		}
		this.jdbc.execute("truncate " + Tables.ORDERS);
		this.jdbc.execute("checkpoint");
	}

	private void fill(String table, int rows, int expired) {
		int page = 500_000;
		for (int from = 0; from < rows; from += page) {
			this.jdbc.update(String.format(Locale.ROOT, """
					insert into %s (completed_at, expires_at, key_hash, flow, outcome, fingerprint)
					select now(), now() + case when n < ? then interval '-1 hour' else interval '10 days' end,
						sha256(convert_to('%s' || n, 'UTF8')), 'template', 'COMPLETED', null
					from generate_series(?, ?) as n""", table, table), expired, from, Math.min(rows, from + page) - 1);
		}
		this.jdbc.execute("vacuum analyze " + table);
	}

	private void run() throws Exception {
		List<Payment> payments = Payment.some(this.effects);
		Threads.each(THREADS, payments, (payment) -> this.template.execute("template", payment.id(), null, () -> {
			this.jdbc.update(Tables.insert(Tables.ORDERS), payment.id(), payment.json());
			return payment;
		}));
	}

	private void runBesidePurge() throws Exception {
		InboxPurge purge = new InboxPurge(this.environment.bean(DataSource.class), Dialect.POSTGRESQL, 1_000);
		Thread purging = new Thread(() -> {
			while (!Thread.currentThread().isInterrupted()) {
				purge.purge(Duration.ofDays(1), Duration.ofDays(1));
			}
		}, "purge");
		purging.start();
		try {
			run();
		}
		finally {
			purging.interrupt();
			purging.join();
		}
	}

	@Override
	public void verify(int rounds) {
		this.environment.expectRows(Tables.ORDERS, this.effects);
	}

}
