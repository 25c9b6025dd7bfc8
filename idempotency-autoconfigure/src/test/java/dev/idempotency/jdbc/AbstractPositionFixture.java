// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.Position;
import dev.idempotency.inbox.Claim;
import dev.idempotency.inbox.Progress;
import dev.idempotency.inbox.Stream;
import dev.idempotency.testing.FaultyDataSource;
import dev.idempotency.testing.JdbcEvent;
import dev.idempotency.testing.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A database and consumers that know repetitions by their places.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class AbstractPositionFixture {

	static final String LOG = "log";

	static final Stream OFFSETS = new Stream("flow", LOG);

	static final Stream NUMBERS = new Stream("flow", Position.Sequence.of("shop", "orders", "1", 1).stream());

	MigratedDatabase database;

	FaultyDataSource faulty;

	Consumer consumer;

	abstract TestDatabase open();

	/**
	 * Whether the position goes along with the commit.
	 */
	boolean rides() {
		return false;
	}

	@BeforeAll
	void migrate() {
		TestDatabase opened = open();
		this.faulty = new FaultyDataSource(opened.dataSource());
		this.database = new MigratedDatabase(opened, this.faulty, null);
	}

	@BeforeEach
	void empty() {
		this.faulty.reset();
		this.database.empty();
		this.consumer = new Consumer();
	}

	@AfterAll
	void close() {
		if (this.database != null) {
			this.database.close();
		}
	}

	static Position offset(int epoch, long offset) {
		return new Position.Offset(LOG, epoch, offset);
	}

	static Position number(long number) {
		return Position.Sequence.of("shop", "orders", "1", number);
	}

	static EffectCall call(Position place) {
		return call(place.toString(), place);
	}

	static EffectCall call(String id, @Nullable Position place) {
		return new EffectCall(new EffectKey("flow", "shop", id), null,
				new EffectCall.Settings(Duration.ofSeconds(5), Duration.ofDays(1)), place);
	}

	final List<String> statements() {
		return this.faulty.journal()
			.stream()
			.filter((line) -> line.startsWith(JdbcEvent.Kind.STATEMENT.toString()))
			.toList();
	}

	/**
	 * A process with its own idea of what it owns.
	 */
	final class Consumer {

		final JdbcStreams streams = new JdbcStreams(AbstractPositionFixture.this.faulty,
				AbstractPositionFixture.this.database.dialect());

		final PositionInbox inbox;

		final TransactionTemplate transactions;

		Consumer() {
			FaultyDataSource dataSource = AbstractPositionFixture.this.faulty;
			Dialect dialect = AbstractPositionFixture.this.database.dialect();
			CommitRide ride = new CommitRide(dataSource);
			this.inbox = new PositionInbox(new JdbcInbox(dataSource, dialect), this.streams, ride, dataSource, dialect);
			JdbcTransactionManager manager = new JdbcTransactionManager(dataSource);
			if (rides()) {
				manager.addListener(ride);
			}
			this.transactions = new TransactionTemplate(manager);
		}

		Progress own(Stream stream) {
			return this.streams.own(stream, () -> 1000L);
		}

		/**
		 * Applies a message: its effect is a row.
		 */
		Claim apply(Position place) {
			return apply(call(place), () -> insert(place));
		}

		Claim apply(EffectCall call, Callable<?> body) {
			return this.transactions.execute((status) -> {
				Claim claim = this.inbox.claim(call);
				if (claim instanceof Claim.Held held) {
					run(body);
					assertThat(held.holds()).isTrue();
				}
				return claim;
			});
		}

	}

	final int insert(Position place) {
		int id = (place instanceof Position.Offset offset) ? (int) offset.offset()
				: (int) ((Position.Sequence) place).sequence();
		return this.database.jdbc().update("INSERT INTO business VALUES (?, 1)", id);
	}

	final List<Integer> applied() {
		return new JdbcTemplate(this.database.dataSource()).queryForList("SELECT id FROM business ORDER BY id",
				Integer.class);
	}

	static void run(Callable<?> work) {
		try {
			work.call();
		}
		catch (RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
