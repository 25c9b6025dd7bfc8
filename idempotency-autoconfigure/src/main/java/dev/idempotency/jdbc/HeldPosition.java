// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

import dev.idempotency.effect.EffectFencedException;
import dev.idempotency.inbox.Claim;
import dev.idempotency.inbox.Step;
import dev.idempotency.inbox.Stream;
import dev.idempotency.inbox.Streams;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Messages that are applied if, and only if, their streams are still as they were when
 * the effect began. Nothing is written before the end of the effect; the change of the
 * position is the fence.
 */
final class HeldPosition implements Claim.Held, TransactionSynchronization {

	private final Connection connection;

	private final List<Move> moves = new ArrayList<>();

	private final PositionTable table;

	private final CommitRide ride;

	private final Streams streams;

	private final Claims.Proof proof;

	private final Set<Object> ownSavepoints = Collections.newSetFromMap(new IdentityHashMap<>());

	private Claim.@Nullable Held key;

	private State state = State.CLAIMED;

	private boolean undone;

	HeldPosition(Connection connection, PositionTable table, CommitRide ride, Streams streams, Claims.Proof proof) {
		this.connection = connection;
		this.table = table;
		this.ride = ride;
		this.streams = streams;
		this.proof = proof;
	}

	/**
	 * Those of the running transaction whose change waits for its commit.
	 */
	static List<HeldPosition> waiting() {
		if (!TransactionSynchronizationManager.isSynchronizationActive()) {
			return List.of();
		}
		List<HeldPosition> waiting = new ArrayList<>(1);
		for (TransactionSynchronization each : TransactionSynchronizationManager.getSynchronizations()) {
			if (each instanceof HeldPosition held && held.state == State.WAITING && !held.undone) {
				waiting.add(held);
			}
		}
		return waiting;
	}

	/**
	 * Adds a message.
	 */
	void add(Stream stream, Step step) {
		for (int i = 0; i < this.moves.size(); i++) {
			if (this.moves.get(i).stream().equals(stream)) {
				this.moves.set(i, new Move(stream, this.moves.get(i).step().then(step)));
				return;
			}
		}
		this.moves.add(new Move(stream, step));
	}

	/**
	 * Adds what was claimed by key, which has to hold as well.
	 */
	void add(Claim.Held held) {
		this.key = held;
	}

	List<Move> moves() {
		return this.moves;
	}

	@Override
	public void reject() {
		if (this.key != null) {
			this.key.reject();
		}
	}

	/**
	 * A savepoint takes with it those made after it, so the last is asked first.
	 */
	@Override
	public boolean holds() {
		try {
			return this.proof.holds() && (this.key == null || this.key.holds()) && write();
		}
		catch (SQLException ex) {
			if (SqlFailures.lostTransaction(ex)) {
				return false;
			}
			throw SqlFailures.translate("advance", ex);
		}
	}

	private boolean write() throws SQLException {
		this.state = State.FAILED;
		for (Move move : this.moves) {
			if (!this.table.change(this.connection, move.stream(), move.step())) {
				throw new EffectFencedException(move.stream().name(), null);
			}
		}
		if (this.ride.carries(this.connection)) {
			this.state = State.WAITING;
			return true;
		}
		advance(this.moves);
		this.state = State.WRITTEN;
		return true;
	}

	/**
	 * Moves some of the streams on.
	 * @throws EffectFencedException if somebody else took one
	 */
	void advance(List<Move> some) throws SQLException {
		int fenced = this.table.advance(this.connection, some);
		if (fenced >= 0) {
			throw new EffectFencedException(some.get(fenced).stream().name(), null);
		}
	}

	void carried() {
		this.state = State.WRITTEN;
	}

	void refuse() {
		this.state = State.REFUSED;
	}

	@Override
	public boolean refused() {
		return this.state == State.REFUSED;
	}

	@Override
	public void savepoint(Object savepoint) {
		this.ownSavepoints.add(savepoint);
	}

	@Override
	public void savepointRollback(Object savepoint) {
		this.undone = this.undone || !this.ownSavepoints.contains(savepoint);
	}

	@Override
	public void afterCompletion(int status) {
		if (this.state == State.CLAIMED) {
			return;
		}
		boolean committed = status == STATUS_COMMITTED && this.state == State.WRITTEN && !this.undone;
		for (Move move : this.moves) {
			if (committed) {
				this.streams.committed(move.stream(), move.step());
			}
			else {
				this.streams.drop(move.stream(), move.step());
			}
		}
	}

	/**
	 * How far a stream moves.
	 */
	record Move(Stream stream, Step step) {
	}

	private enum State {

		CLAIMED, FAILED, WAITING, WRITTEN, REFUSED

	}

}
