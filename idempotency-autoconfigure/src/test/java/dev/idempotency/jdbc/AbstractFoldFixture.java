// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

import dev.idempotency.delivery.ParkedMessage;
import dev.idempotency.delivery.ParkedMessage.Reason;
import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.Position;
import dev.idempotency.inbox.Claim;
import dev.idempotency.inbox.Stream;
import dev.idempotency.testing.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

import org.springframework.transaction.TransactionDefinition;

/**
 * A database whose inbox rows have numbers, and consumers that compete for them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class AbstractFoldFixture {

	static final Stream STREAM = new Stream("flow", place(1).stream());

	MigratedDatabase database;

	JdbcInbox inbox;

	JdbcStreams streams;

	StreamFold fold;

	abstract TestDatabase open();

	@BeforeAll
	void migrate() {
		this.database = new MigratedDatabase(open());
		this.inbox = new JdbcInbox(this.database.dataSource(), this.database.dialect());
	}

	@BeforeEach
	void empty() {
		this.database.empty();
		this.streams = new JdbcStreams(this.database.dataSource(), this.database.dialect());
		this.streams.share(STREAM);
		this.fold = fold(Duration.ZERO);
	}

	@AfterAll
	void close() {
		if (this.database != null) {
			this.database.close();
		}
	}

	final StreamFold fold(Duration settling) {
		return new StreamFold(this.database.dataSource(), this.database.dialect(), 100, settling);
	}

	static Position.Unordered place(long number) {
		return new Position.Unordered(Position.Sequence.of("shop", "3/rabbit:orders/paid", "1", number));
	}

	static EffectCall call(long number) {
		return call("m" + number, place(number));
	}

	static EffectCall call(String id, @Nullable Position place) {
		return new EffectCall(new EffectKey("flow", "shop", id), null,
				new EffectCall.Settings(Duration.ofSeconds(20), Duration.ofDays(1)), place);
	}

	final void apply(long... numbers) {
		for (long number : numbers) {
			claim(call(number));
		}
	}

	final Claim claim(EffectCall call) {
		return claim(TransactionDefinition.ISOLATION_DEFAULT, call, () -> 0);
	}

	/**
	 * Claims and commits.
	 * @param before runs in the transaction, first
	 */
	final Claim claim(int isolation, EffectCall call, Callable<?> before) {
		return this.database.transactions(isolation).execute((status) -> {
			AbstractPositionFixture.run(before);
			Claim claim = this.inbox.claim(call);
			if (claim instanceof Claim.Busy || (claim instanceof Claim.Held held && !held.holds())) {
				status.setRollbackOnly();
			}
			return claim;
		});
	}

	final void park(long number) {
		new JdbcParkingLot(this.database.dataSource(), this.database.dialect(), this.streams)
			.park(new ParkedMessage("flow", Reason.ATTEMPTS_EXHAUSTED, "rabbit", "orders", "orders#" + number, null,
					java.util.Map.of(), new byte[0], 1, "sold out", call(number).key(), place(number)));
	}

	final int rows() {
		return this.database.count("idempotency_inbox");
	}

	final long watermark() {
		Long position = this.database.jdbc().queryForObject("SELECT position FROM idempotency_position", Long.class);
		return (position != null) ? position : -1;
	}

	final List<String> holes() {
		return this.database.jdbc()
			.query("SELECT first_number, last_number, state FROM idempotency_hole ORDER BY first_number",
					(row, index) -> row.getLong(1) + "-" + row.getLong(2) + " " + row.getString(3));
	}

	final long missing() {
		return new JdbcMissingMessages(this.database.dataSource(), this.database.dialect()).counts(Duration.ZERO)
			.getOrDefault("flow", 0L);
	}

}
