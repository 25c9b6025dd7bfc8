// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.time.Clock;
import java.time.Instant;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Answers repeated duplicates without the inbox behind it. Remembers only effects that
 * were claimed here and whose transaction is known to have committed, for no longer than
 * they are retained. Content that differs from the remembered one, and everything with a
 * position in a stream, is left to the inbox. A failure of the inbox or a commit without
 * an answer makes it forget everything: the database may be another one now.
 */
public final class CachingInbox implements Inbox {

	private final Inbox inbox;

	private final FinishedKeys finished;

	/**
	 * Puts a memory in front of an inbox.
	 * @param inbox decides what is not remembered
	 * @param size how many effects are remembered at most, positive
	 * @param clock measures retention
	 */
	public CachingInbox(Inbox inbox, int size, Clock clock) {
		if (size < 1) {
			throw new IllegalArgumentException("size must be positive, not " + size);
		}
		this.inbox = inbox;
		this.finished = new FinishedKeys(size, clock);
	}

	@Override
	public Claim.@Nullable Done known(EffectCall call) {
		if (call.byPlace()) {
			return this.inbox.known(call);
		}
		Outcome outcome = this.finished.find(call);
		return (outcome != null) ? new Claim.Done(outcome) : null;
	}

	@Override
	public Claim claim(EffectCall call) {
		Claim.Done known = known(call);
		if (known != null) {
			return known;
		}
		Instant before = this.finished.now();
		return remembering(call, trusting(() -> this.inbox.claim(call)), before);
	}

	@Override
	public List<Claim> claimAll(List<EffectCall> calls) {
		List<Claim.@Nullable Done> known = calls.stream().map(this::known).toList();
		List<EffectCall> unknown = IntStream.range(0, calls.size())
			.filter((at) -> known.get(at) == null)
			.mapToObj(calls::get)
			.toList();
		Instant before = this.finished.now();
		List<Claim> decided = unknown.isEmpty() ? List.of() : trusting(() -> this.inbox.claimAll(unknown));
		if (!decided.isEmpty() && decided.get(0) instanceof Claim.Busy busy) {
			return Collections.nCopies(calls.size(), busy);
		}
		Iterator<Claim> next = decided.iterator();
		return IntStream.range(0, calls.size()).mapToObj((at) -> {
			Claim.Done done = known.get(at);
			return (done != null) ? done : remembering(calls.get(at), next.next(), before);
		}).toList();
	}

	private <T> T trusting(Supplier<T> question) {
		try {
			return question.get();
		}
		catch (RuntimeException ex) {
			this.finished.clear();
			throw ex;
		}
	}

	private Claim remembering(EffectCall call, Claim claim, Instant before) {
		return (claim instanceof Claim.Held held && !call.byPlace()) ? new Remembering(call, held, before) : claim;
	}

	/**
	 * A claim that is remembered once its transaction has committed.
	 */
	private final class Remembering implements Claim.Held {

		private final EffectCall call;

		private final Claim.Held held;

		private final Instant before;

		private Outcome outcome = Outcome.COMPLETED;

		private Remembering(EffectCall call, Claim.Held held, Instant before) {
			this.call = call;
			this.held = held;
			this.before = before;
		}

		@Override
		public void reject() {
			this.held.reject();
			this.outcome = Outcome.REJECTED;
		}

		@Override
		public boolean holds() {
			return this.held.holds();
		}

		@Override
		public void ended(UnitOfWork.Completion completion) {
			this.held.ended(completion);
			switch (completion) {
				case COMMITTED -> CachingInbox.this.finished.add(this.call, this.outcome, this.before);
				case ROLLED_BACK -> {
				}
				case UNKNOWN -> CachingInbox.this.finished.clear();
			}
		}

	}

}
