// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.concurrent.CountDownLatch;

import dev.idempotency.effect.ExactlyOnceEffect;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A process that places an order. Prints what it got, and stands still where it is told
 * to.
 */
public final class StandingNode {

	private StandingNode() {
	}

	/**
	 * Runs it.
	 * @param arguments URL of the database, user, password, where to stand still
	 */
	public static void main(String[] arguments) {
		DriverManagerDataSource database = new DriverManagerDataSource(arguments[0], arguments[1], arguments[2]);
		try (AnnotationConfigApplicationContext context = EffectApplication.start(database, SqlStore.class,
				Orders.class)) {
			System.out.println("GOT " + context.getBean(Orders.class).place("42", Halt.valueOf(arguments[3])));
		}
	}

	/**
	 * A moment of an effect.
	 */
	enum Halt {

		NEVER, BEFORE_COMMIT, AFTER_COMMIT;

		@Override
		public String toString() {
			return "anywhere";
		}

		private static void standStill() {
			System.out.println("STANDING");
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	static class Orders {

		private final Ledger ledger;

		Orders(Ledger ledger) {
			this.ledger = ledger;
		}

		@ExactlyOnceEffect(flow = "ordering", key = "#id")
		public String place(String id, Halt halt) {
			System.out.println("BODY");
			this.ledger.add(id);
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
				@Override
				public void afterCommit() {
					if (halt == Halt.AFTER_COMMIT) {
						Halt.standStill();
					}
				}
			});
			if (halt == Halt.BEFORE_COMMIT) {
				Halt.standStill();
			}
			return "order of " + ProcessHandle.current().pid();
		}

	}

}
