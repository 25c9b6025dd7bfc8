// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.external;

import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;

import dev.idempotency.testing.FaultyDataSource;
import dev.idempotency.testing.JdbcEvent;
import dev.idempotency.testing.JdbcFault;

/**
 * Where a process dies while it has an external effect.
 */
enum CrashPoint {

	BEFORE_THE_CLAIM(0, 0), AFTER_THE_CLAIM(0, 0), IN_A_CALL_THAT_DID_NOTHING(1, 0), IN_A_CALL_THAT_CHARGED(1, 1),
	BEFORE_THE_OUTCOME(1, 1), AFTER_THE_OUTCOME(1, 1);

	static final String LINE = "^AT THE POINT";

	private static final Predicate<JdbcEvent> CLAIM = JdbcEvent.statement("^INSERT .*INTO idempotency_claim");

	private static final Predicate<JdbcEvent> OUTCOME = JdbcEvent
		.statement("^UPDATE idempotency_claim SET status = \\?");

	private final int requests;

	private final int charges;

	CrashPoint(int requests, int charges) {
		this.requests = requests;
		this.charges = charges;
	}

	/**
	 * Lets whoever gets to this point say so and stay there.
	 */
	void stopAt(FaultyDataSource database) {
		switch (this) {
			case BEFORE_THE_CLAIM -> database.before(CLAIM, stop());
			case AFTER_THE_CLAIM -> database.after(CLAIM, stop());
			case BEFORE_THE_OUTCOME -> database.before(OUTCOME, stop());
			case AFTER_THE_OUTCOME -> database.after(OUTCOME, stop());
			default -> throw new IllegalStateException("The provider stops " + this);
		}
	}

	private static JdbcFault stop() {
		return (event, connection) -> {
			System.out.println("AT THE POINT " + event);
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		};
	}

	boolean isInTheCall() {
		return this == IN_A_CALL_THAT_DID_NOTHING || this == IN_A_CALL_THAT_CHARGED;
	}

	boolean isClaimed() {
		return this != BEFORE_THE_CLAIM;
	}

	boolean isFinished() {
		return this == AFTER_THE_OUTCOME;
	}

	/**
	 * How many requests the provider got.
	 */
	int requests() {
		return this.requests;
	}

	/**
	 * How many of them it charged for.
	 */
	int charges() {
		return this.charges;
	}

}
