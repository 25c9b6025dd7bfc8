// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;

import dev.idempotency.flow.Backoff;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether the database of the inbox answers, so that listeners wait for it instead
 * of trying. A failure makes it a suspect; from then on it is asked, with growing pauses,
 * until it answers, and whoever waits goes on at once.
 */
public final class StoreWatch {

	private static final Logger logger = LoggerFactory.getLogger(StoreWatch.class);

	private static final Backoff PAUSES = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(5));

	private final @Nullable BooleanSupplier answers;

	private final Clock clock;

	private final DoubleSupplier random;

	private final List<Waiting> waiting = new ArrayList<>();

	private final SortedSet<String> passing = new TreeSet<>();

	private int unanswered;

	private Instant next = Instant.MIN;

	private volatile @Nullable Instant since;

	private StoreWatch() {
		this.answers = null;
		this.clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
		this.random = () -> 0;
	}

	/**
	 * Creates a watch.
	 * @param answers asks the database; may take long, must not throw
	 * @param clock measures pauses
	 * @param random yields numbers from 0 to 1, for jitter
	 */
	public StoreWatch(BooleanSupplier answers, Clock clock, DoubleSupplier random) {
		this.answers = answers;
		this.clock = clock;
		this.random = random;
	}

	/**
	 * A watch that suspects nothing.
	 * @return the watch
	 */
	public static StoreWatch none() {
		return new StoreWatch();
	}

	/**
	 * Says that something failed that may mean that the database is away.
	 */
	public synchronized void suspect() {
		if (this.since == null && this.answers != null) {
			this.since = this.clock.instant();
			this.next = this.clock.instant();
			this.unanswered = 0;
		}
	}

	/**
	 * Whether the database is a suspect, or known not to answer.
	 * @return {@code true} if it is better not to try
	 */
	public boolean isAway() {
		return this.since != null;
	}

	/**
	 * Has something done when the database answers: now if nothing speaks against it.
	 * @param flow the flow that waits
	 * @param resume what to do, once
	 */
	public void whenBack(String flow, Runnable resume) {
		synchronized (this) {
			if (this.since != null) {
				this.waiting.add(new Waiting(flow, resume));
				return;
			}
		}
		resume.run();
	}

	/**
	 * Whether the database was asked and did not answer, so that a flow that is to go on
	 * without it may do so. Said once per outage and flow in the log.
	 * @param flow a flow that passes through
	 * @return {@code true} if it may go on
	 */
	public boolean isPassed(String flow) {
		if (this.since == null) {
			return false;
		}
		synchronized (this) {
			if (this.since == null || this.unanswered == 0) {
				return false;
			}
			if (this.passing.add(flow)) {
				logger.warn(
						"Flow {} goes on without the database, as idempotency.flows.{}.on-store-outage says: until it "
								+ "answers again only its provider's memory of keys keeps its effects from repeating",
						flow, flow);
			}
			return true;
		}
	}

	/**
	 * Asks the database if it is time to. To be called often, by one thread.
	 */
	public void look() {
		BooleanSupplier probe = this.answers;
		if (probe == null) {
			return;
		}
		synchronized (this) {
			if (this.since == null || this.clock.instant().isBefore(this.next)) {
				return;
			}
		}
		if (!probe.getAsBoolean()) {
			unanswered();
			return;
		}
		List<Waiting> back = back();
		back.forEach(Waiting::goOn);
	}

	private synchronized void unanswered() {
		this.unanswered++;
		Duration pause = PAUSES.pause(this.unanswered, this.random);
		this.next = this.clock.instant().plus(pause);
		if (this.unanswered == 1) {
			logger.warn("The database of the inbox does not answer since {}; listeners wait for it, and use up no "
					+ "attempts", this.since);
		}
	}

	private synchronized List<Waiting> back() {
		List<Waiting> back = List.copyOf(this.waiting);
		if (this.unanswered > 0) {
			logger.info("The database of the inbox answers again, listeners go on: {}", names(back));
		}
		this.waiting.clear();
		this.passing.clear();
		this.since = null;
		return back;
	}

	/**
	 * The outage that is going on.
	 * @return since when, and who waits; {@code null} if the database answers
	 */
	public synchronized @Nullable Outage outage() {
		Instant begin = this.since;
		return (begin != null && this.unanswered > 0)
				? new Outage(begin, names(this.waiting), new TreeSet<>(this.passing)) : null;
	}

	private static SortedSet<String> names(List<Waiting> all) {
		return all.stream().map(Waiting::flow).collect(Collectors.toCollection(TreeSet::new));
	}

	/**
	 * An outage.
	 *
	 * @param since when it was noticed
	 * @param flows flows that wait on this node
	 * @param unprotected flows that go on without the database
	 */
	public record Outage(Instant since, SortedSet<String> flows, SortedSet<String> unprotected) {
	}

	private record Waiting(String flow, Runnable resume) {

		private void goOn() {
			try {
				this.resume.run();
			}
			catch (RuntimeException ex) {
				logger.error("Flow {} waited for the database and could not go on", this.flow, ex);
			}
		}

	}

}
