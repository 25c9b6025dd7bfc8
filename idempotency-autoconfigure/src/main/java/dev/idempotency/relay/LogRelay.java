// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.outbox.Placement;
import org.jspecify.annotations.Nullable;

/**
 * One page of a destination's log after the other: read, send, close. The next page is
 * read when the former is closed, in one step; what is committed meanwhile joins it.
 */
final class LogRelay {

	/** How long a page sent in part waits for more answers. */
	private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);

	/** How often a page sent in part looks whether its lanes are to be handed over. */
	private static final long LOOK_AGAIN = TimeUnit.SECONDS.toNanos(1);

	/**
	 * How long the end of a batch waits to be closed. What is committed meanwhile is read
	 * by the statement that closes it, which would be two otherwise, and is not held up
	 * by the first of them.
	 */
	private static final long REST = TimeUnit.MILLISECONDS.toNanos(20);

	private final String destination;

	private final OutboxLog log;

	private final PumpParts parts;

	private final DestinationState state;

	private final Signal signal;

	private final Pauses pausesOfStore;

	private final Heartbeats heartbeats;

	private final ReadAhead ahead;

	private final PageSize size;

	private OutboxLog.@Nullable Reader reader;

	private List<Lease> claimed = List.of();

	private @Nullable LogPage open;

	private boolean owes;

	private boolean rested;

	private boolean found;

	private boolean troubled;

	LogRelay(String destination, OutboxLog log, PumpParts parts, DestinationState state, Signal signal,
			Pauses pausesOfStore) {
		this.destination = destination;
		this.log = log;
		this.parts = parts;
		this.state = state;
		this.signal = signal;
		this.pausesOfStore = pausesOfStore;
		this.heartbeats = new Heartbeats(
				parts.transports().heartbeats(destination) ? parts.settings().heartbeat() : null);
		this.ahead = new ReadAhead(parts.threads(), signal);
		this.size = new PageSize(parts.settings().batching().size());
	}

	/**
	 * Does the next thing there is to do.
	 * @return how long to wait before the next
	 */
	Wait runOnce() {
		this.found = false;
		this.troubled = false;
		boolean goesOn = this.owes || begun();
		boolean ends = this.owes || begun() && mustEnd();
		long pause = ends ? 0 : this.state.pause();
		if (pause > 0) {
			return Wait.backoff(begun() ? Math.min(pause, LOOK_AGAIN) : pause);
		}
		List<Lease> leases = goesOn ? this.claimed : this.parts.lanes().borrow();
		try {
			return relay(leases);
		}
		catch (PartitionsUnknownException ex) {
			this.state.unanswered(ex);
			return Wait.backoff(this.state.pause());
		}
		finally {
			if (!this.owes && !begun()) {
				this.parts.giveBack(leases);
			}
		}
	}

	boolean found() {
		return this.found;
	}

	/**
	 * Whether the last round saw something of the destination outside the log.
	 * @return {@code true} if the store must be looked at
	 */
	boolean troubled() {
		return this.troubled;
	}

	/**
	 * Whether a page was sent and not yet closed.
	 * @return {@code true} while the end of a batch rests, or the store failed to close a
	 * page
	 */
	boolean owes() {
		return this.owes;
	}

	/**
	 * Whether the broker has something of the page that is open. Its lanes stay here
	 * until it is closed, or all of it would be sent again by whoever has them next.
	 * @return {@code true} until it is closed
	 */
	boolean begun() {
		return this.open != null && !this.open.confirmed().isEmpty();
	}

	/**
	 * Whether consumers are still to be told about streams that are silent.
	 */
	boolean watches() {
		return this.heartbeats.pause(this.parts.timing().now()) < Long.MAX_VALUE;
	}

	/**
	 * Gives up what could not be closed; the next owner sends it again.
	 */
	void abandon() {
		if (this.owes || begun()) {
			this.owes = false;
			this.parts.giveBack(this.claimed);
		}
		forget();
	}

	private Wait relay(List<Lease> leases) {
		if (!leases.equals(this.claimed)) {
			forget();
		}
		OutboxLog.Reader cursor = (this.reader != null) ? this.reader : claim(leases);
		if (cursor == null) {
			return leases.isEmpty() ? Wait.idle(Long.MAX_VALUE) : fenced(leases);
		}
		if (this.open == null) {
			Optional<OutboxLog.Page> page = cursor.next(this.size.now());
			if (page.isEmpty()) {
				return fenced(leases);
			}
			turnTo(page.get());
		}
		LogPage page = this.open;
		if (page == null) {
			return beat();
		}
		this.found = true;
		if (!page.done() && !(begun() && handsOver())) {
			send(page);
		}
		if (!page.done() && !goesOnWithoutTheRest(page)) {
			return pauseBeforeTheRest(page);
		}
		return mayRest(page) ? rest() : close(cursor, page);
	}

	private boolean mayRest(LogPage page) {
		return !this.rested && !page.page().more() && !page.page().troubled() && page.aside().isEmpty()
				&& !this.parts.shutdown().begun();
	}

	private Wait rest() {
		this.rested = true;
		this.owes = true;
		return Wait.idle(REST);
	}

	private OutboxLog.@Nullable Reader claim(List<Lease> leases) {
		if (!leases.isEmpty()) {
			this.reader = this.log.claim(this.destination, leases).orElse(null);
			this.claimed = (this.reader != null) ? leases : List.of();
			if (this.reader != null && this.heartbeats.enabled()) {
				long now = this.parts.timing().now();
				this.reader.heads()
					.forEach((head) -> this.heartbeats.last(head.source(), head.lane(), head.last(), now));
			}
		}
		return this.reader;
	}

	private Wait beat() {
		long now = this.parts.timing().now();
		List<OutboxRecord> due = this.heartbeats.due(this.destination, now, this.parts.timing().clock().instant());
		if (!due.isEmpty() && !this.parts.shutdown().begun()) {
			this.state.learn(dispatch().dispatch(due));
			this.heartbeats.sent(now);
		}
		return Wait.idle(this.heartbeats.pause(now));
	}

	private void send(LogPage page) {
		List<OutboxRecord> chosen = this.state.choose(page.triage());
		readAhead(page);
		long begin = this.parts.timing().now();
		Answers answers = dispatch().dispatch(chosen);
		this.ahead.await();
		page.learn(answers, begin);
		this.size.sent(answers.confirmed().size(), this.parts.timing().now() - begin);
		this.state.learn(answers);
	}

	private void readAhead(LogPage page) {
		OutboxLog.Reader cursor = this.reader;
		if (cursor != null && page.page().more() && !this.parts.shutdown().begun()) {
			this.ahead.begin(() -> cursor.readAhead(this.size.now()));
		}
	}

	/**
	 * A page once begun is finished, also when the relay stops or is to hand a lane over:
	 * the next owner of what is left of a page has to send all of it again.
	 */
	private KeyOrderedDispatch dispatch() {
		LaneTable lanes = this.parts.lanes();
		LaneGate gate = new LaneGate(lanes, this.claimed,
				(lease) -> !this.parts.shutdown().over() && lanes.mayFinish(lease));
		return new KeyOrderedDispatch(this.parts.transports(), gate, this.parts.settings(), this.parts.shutdown(),
				this.signal, this.parts.timing());
	}

	/**
	 * What gets no answer while others did holds up the others no longer. A destination
	 * that answers nothing keeps its page as it is.
	 */
	private boolean goesOnWithoutTheRest(LogPage page) {
		boolean enough = this.parts.timing().now() - page.answered() >= PATIENCE;
		if ((enough || mustEnd()) && !page.confirmed().isEmpty()) {
			page.setPendingAside();
		}
		return page.done();
	}

	/**
	 * Also without its lanes: closing the page tells whether they are somebody else's.
	 */
	private boolean mustEnd() {
		return this.parts.shutdown().begun() || handsOver()
				|| !this.claimed.stream().allMatch(this.parts.lanes()::mayFinish);
	}

	private boolean handsOver() {
		return this.parts.lanes().resigns(this.claimed);
	}

	private Wait close(OutboxLog.Reader cursor, LogPage page) {
		this.owes = true;
		int limit = this.parts.shutdown().begun() ? 0 : this.size.now();
		Optional<OutboxLog.Page> next = cursor.close(page.page(), page.aside(), limit);
		this.owes = false;
		if (next.isEmpty()) {
			return fenced(this.claimed);
		}
		turnTo(next.get());
		watch(page);
		page.confirmed().forEach((one) -> this.parts.listener().on(Settlement.published(one)));
		page.refused().forEach(this::refused);
		this.troubled |= !page.aside().isEmpty();
		return (this.open != null) ? Wait.NONE : Wait.idle(this.heartbeats.pause(this.parts.timing().now()));
	}

	private void watch(LogPage page) {
		for (OutboxRecord message : page.page().messages()) {
			Placement place = message.placement();
			if (place != null) {
				this.heartbeats.last(message.source(), message.lane(), place, this.parts.timing().now());
			}
		}
	}

	private void refused(Answers.Refused one) {
		OutboxRecord message = one.message();
		this.pausesOfStore.pause(message);
		this.parts.listener().on(new RelayEvent.Refused(message, one.cause()));
		RelaySettings.Poison poison = this.parts.settings().poison();
		if (poison.maxAttempts() == 1) {
			String reason = Settlement.reason(one.cause());
			Lease lease = this.claimed.stream()
				.filter((held) -> held.lane() == message.lane())
				.findFirst()
				.orElseThrow();
			if (this.parts.store().park(lease, message, reason, poison.halts(message))) {
				this.parts.listener().on(new RelayEvent.Parked(message, reason));
			}
		}
	}

	private void turnTo(OutboxLog.Page page) {
		this.troubled = page.troubled();
		this.rested = false;
		this.open = page.messages().isEmpty() ? null : new LogPage(page);
	}

	private Wait pauseBeforeTheRest(LogPage page) {
		long pause = this.state.pause();
		if (pause > 0) {
			return Wait.backoff(begun() ? Math.min(pause, LOOK_AGAIN) : pause);
		}
		return (page.fruitless() == 0) ? Wait.NONE : Wait.idle(this.parts.settings().polling().max().toNanos());
	}

	private Wait fenced(List<Lease> leases) {
		if (this.reader == null) {
			this.parts.lanes().suspend(leases);
			this.parts.hurry().run();
		}
		forget();
		return Wait.idle(this.parts.settings().polling().min().toNanos());
	}

	/**
	 * Whoever has the lanes now sends again what was confirmed.
	 */
	private void forget() {
		if (this.open != null && begun()) {
			this.parts.listener().on(new RelayEvent.Fenced(this.destination, this.open.confirmed().size()));
		}
		this.reader = null;
		this.claimed = List.of();
		this.open = null;
		this.heartbeats.forget();
	}

}
