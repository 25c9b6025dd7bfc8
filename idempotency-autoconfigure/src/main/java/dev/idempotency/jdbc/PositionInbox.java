// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.Outcome;
import dev.idempotency.effect.Position;
import dev.idempotency.effect.UnprotectedEffectException;
import dev.idempotency.inbox.Claim;
import dev.idempotency.inbox.Inbox;
import dev.idempotency.inbox.Progress;
import dev.idempotency.inbox.Step;
import dev.idempotency.inbox.Stream;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Knows a repetition by its place in a stream, without asking the database, and moves the
 * position on right before the commit. A call without a place is decided by its key. Of
 * an effect that was rejected no more is known than that it is finished.
 */
public final class PositionInbox implements Inbox {

	private static final Claim.Done DONE = new Claim.Done(Outcome.COMPLETED);

	private static final Claim NOT_OWNED = new Claim.Busy(null);

	private final Inbox keys;

	private final JdbcStreams keeper;

	private final CommitRide ride;

	private final CallersTransaction transaction;

	private final Dialect dialect;

	private final PositionTable table;

	/**
	 * Creates an inbox.
	 * @param keys decides calls that have no place
	 * @param keeper takes the streams
	 * @param ride carries the change of a position along with the commit
	 * @param dataSource where the tables are; its transactions are those of the effects
	 * @param dialect what the database is
	 */
	public PositionInbox(Inbox keys, JdbcStreams keeper, CommitRide ride, DataSource dataSource, Dialect dialect) {
		this.keys = keys;
		this.keeper = keeper;
		this.ride = ride;
		this.transaction = new CallersTransaction(dataSource);
		this.dialect = dialect;
		this.table = new PositionTable(dialect);
	}

	@Override
	public Claim.@Nullable Done known(EffectCall call) {
		Position place = place(call);
		if (place == null) {
			return this.keys.known(call);
		}
		Progress progress = this.keeper.streams().known(new Stream(call.key().consumer(), place.stream()));
		return (progress != null && progress.apply(place) == null) ? DONE : null;
	}

	@Override
	public Claim claim(EffectCall call) {
		return call.byPlace() ? placed(List.of(call)).get(0) : this.keys.claim(call);
	}

	/**
	 * {@inheritDoc} What has no place, and what fills a hole, is claimed by key in one
	 * statement; the change of the positions waits for the proof.
	 */
	@Override
	public List<Claim> claimAll(List<EffectCall> calls) {
		if (calls.stream().noneMatch(EffectCall::byPlace)) {
			return this.keys.claimAll(calls);
		}
		return placed(calls);
	}

	private List<Claim> placed(List<EffectCall> calls) {
		Connection connection = connection(calls.get(0));
		Batch batch = new Batch(calls);
		if (!batch.decide()) {
			return Collections.nCopies(calls.size(), NOT_OWNED);
		}
		return batch.claims(connection);
	}

	private static @Nullable Position place(EffectCall call) {
		return call.byPlace() ? call.position() : null;
	}

	private Connection connection(EffectCall call) {
		Connection connection = this.transaction.connection();
		if (connection == null) {
			throw new UnprotectedEffectException("Effect " + call.key() + " cannot be protected: "
					+ this.transaction.problem() + ". Run it in a read-write transaction of a "
					+ "JdbcTransactionManager or JpaTransactionManager on that data source");
		}
		return connection;
	}

	private HeldPosition hold(Connection connection, Stream stream) {
		try {
			HeldPosition held = new HeldPosition(connection, this.table, this.ride, this.keeper.streams(),
					TransactionProof.begin(this.dialect, connection));
			TransactionSynchronizationManager.registerSynchronization(held);
			return held;
		}
		catch (SQLException ex) {
			if (SqlFailures.lostTransaction(ex)) {
				throw new UnprotectedEffectException("Effects of stream '" + stream.name()
						+ "' cannot be protected: an earlier statement failed and ended the transaction", ex);
			}
			throw SqlFailures.translate("claim", ex);
		}
	}

	/**
	 * Calls decided together, one after the other as far as each stream has come.
	 */
	private final class Batch {

		private final List<EffectCall> calls;

		private final List<@Nullable Step> steps = new ArrayList<>();

		private final List<Integer> byKey = new ArrayList<>();

		private Batch(List<EffectCall> calls) {
			this.calls = calls;
		}

		/**
		 * Decides what the places decide.
		 * @return {@code false} if a stream is not owned
		 */
		private boolean decide() {
			Map<Stream, Progress> reached = new HashMap<>();
			for (int i = 0; i < this.calls.size(); i++) {
				Position place = place(this.calls.get(i));
				Step step = null;
				if (place != null) {
					Stream stream = stream(this.calls.get(i), place);
					Progress progress = reached.computeIfAbsent(stream, PositionInbox.this.keeper.streams()::known);
					if (progress == null) {
						return false;
					}
					step = progress.apply(place);
					reached.put(stream, (step != null) ? step.to() : progress);
				}
				this.steps.add(step);
				if (place == null || (step != null && step.fills())) {
					this.byKey.add(i);
				}
			}
			return true;
		}

		private List<Claim> claims(Connection connection) {
			List<Claim> keyed = this.byKey.isEmpty() ? List.of()
					: PositionInbox.this.keys.claimAll(this.byKey.stream().map(this.calls::get).toList());
			if (keyed.stream().anyMatch(Claim.Busy.class::isInstance)) {
				return Collections.nCopies(this.calls.size(), keyed.get(0));
			}
			List<Claim> claims = new ArrayList<>(Collections.nCopies(this.calls.size(), DONE));
			for (int i = 0; i < keyed.size(); i++) {
				claims.set(this.byKey.get(i), keyed.get(i));
			}
			HeldPosition held = null;
			for (int i = 0; i < this.calls.size(); i++) {
				Step step = this.steps.get(i);
				Position place = place(this.calls.get(i));
				if (step != null && place != null) {
					Stream stream = stream(this.calls.get(i), place);
					held = (held != null) ? held : hold(connection, stream);
					held.add(stream, step);
					if (!step.fills()) {
						claims.set(i, held);
					}
				}
			}
			return (held != null) ? together(claims, held) : claims;
		}

		/**
		 * Whatever is held stands for all of it. Where nothing is, holes are filled whose
		 * messages were applied by their keys.
		 */
		private static List<Claim> together(List<Claim> claims, HeldPosition held) {
			boolean nothing = true;
			for (int i = 0; i < claims.size(); i++) {
				if (claims.get(i) instanceof Claim.Held key) {
					nothing = false;
					if (key != held) {
						held.add(key);
						claims.set(i, held);
					}
				}
			}
			return (!nothing || held.holds()) ? claims : Collections.nCopies(claims.size(), NOT_OWNED);
		}

		private static Stream stream(EffectCall call, Position place) {
			return new Stream(call.key().consumer(), place.stream());
		}

	}

}
