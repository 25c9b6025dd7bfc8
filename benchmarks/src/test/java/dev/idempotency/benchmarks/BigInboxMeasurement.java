// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

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

	private final InboxPurge purge;

	private int filled;

	BigInboxMeasurement(Environment environment, Scale scale) {
		this.environment = environment;
		this.effects = scale.of(20_000);
		this.rows = Math.max(2 * SMALL, scale.of(10_000_000));
		this.jdbc = environment.bean(JdbcTemplate.class);
		this.template = environment.bean(EffectTemplate.class);
		this.purge = new InboxPurge(environment.bean(DataSource.class), Dialect.POSTGRESQL, 1_000);
	}

	@Override
	public String title() {
		return "Effects beside a grown inbox that is being purged";
	}

	@Override
	public String work() {
		return this.effects + " effects of one insert by " + THREADS
				+ " threads; the purge removes up to 1,000 rows twice a second";
	}

	@Override
	public List<Figure> figures() {
		return List.of(Figure.rate("effects"));
	}

	@Override
	public List<Variant> variants() {
		String big = this.rows + " rows, a tenth of them expired, purge running";
		String calm = this.rows + " rows, no purge";
		return List.of(small("random ids", Payment::some), big(big + ", random ids", Payment::some),
				calm(calm + ", random ids", Payment::some), small("ids in order of time", Payment::inOrderOfTime),
				big(big + ", ids in order of time", Payment::inOrderOfTime)
					.against(SMALL + " rows, ids in order of time"),
				calm(calm + ", ids in order of time", Payment::inOrderOfTime)
					.against(SMALL + " rows, ids in order of time"));
	}

	private Variant small(String ids, IntFunction<List<Payment>> payments) {
		return Variant.timed(SMALL + " rows, " + ids, this.effects, () -> run(payments)).after(() -> swapTo(SMALL));
	}

	private Variant calm(String name, IntFunction<List<Payment>> payments) {
		return Variant.timed(name, this.effects, () -> run(payments)).after(() -> swapTo(this.rows));
	}

	private Variant big(String name, IntFunction<List<Payment>> payments) {
		return Variant.timed(name, this.effects, () -> runBesidePurge(payments))
			.after(() -> swapTo(this.rows))
			.target(0.95);
	}

	/**
	 * Two tables take turns in being the inbox.
	 */
	private void swapTo(int rows) {
		if (this.filled == 0) {
			this.jdbc.execute("create table " + OTHER + " (like " + INBOX + " including all)");
			this.jdbc.execute("truncate " + INBOX);
			fill(INBOX, SMALL);
			fill(OTHER, this.rows);
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

	private void fill(String table, int rows) {
		int page = 500_000;
		for (int from = 0; from < rows; from += page) {
			this.jdbc.update(String.format(Locale.ROOT, """
					insert into %s (completed_at, expires_at, key_hash, flow, outcome, fingerprint)
					select now(), now() + case when n %% 10 = 0 then interval '-1 hour' else interval '10 days' end,
						sha256(convert_to('%s' || n, 'UTF8')), 'template', 'COMPLETED', null
					from generate_series(?, ?) as n""", table, table), from, Math.min(rows, from + page) - 1);
		}
		this.jdbc.execute("vacuum analyze " + table);
	}

	private void run(IntFunction<List<Payment>> payments) throws Exception {
		Threads.each(THREADS, payments.apply(this.effects),
				(payment) -> this.template.execute("template", payment.id(), null, () -> {
					this.jdbc.update(Tables.insert(Tables.ORDERS), payment.id(), payment.json());
					return payment;
				}));
	}

	/**
	 * Removes about as many rows as are added.
	 */
	private void runBesidePurge(IntFunction<List<Payment>> payments) throws Exception {
		ScheduledExecutorService purging = Executors.newSingleThreadScheduledExecutor();
		AtomicInteger removed = new AtomicInteger();
		purging.scheduleAtFixedRate(
				() -> removed.addAndGet(this.purge.purge(Duration.ofDays(1), Duration.ofDays(1)).inbox()), 0, 500,
				TimeUnit.MILLISECONDS);
		run(payments);
		purging.shutdown();
		if (!purging.awaitTermination(1, TimeUnit.MINUTES) || removed.get() == 0) {
			throw new IllegalStateException("The purge removed nothing");
		}
	}

	@Override
	public void verify(int rounds) {
		this.environment.expectRows(Tables.ORDERS, this.effects);
	}

}
