// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.Arrays;

import dev.idempotency.testing.MemoryH2;
import dev.idempotency.testing.TestDatabase;
import org.awaitility.Awaitility;

class H2InboxTests extends AbstractInboxContract {

	@Override
	TestDatabase open() {
		return MemoryH2.open();
	}

	@Override
	String lockBound() {
		return "CALL LOCK_TIMEOUT()";
	}

	/**
	 * A session of H2 repeats a statement in the calling thread as long as somebody is in
	 * its way.
	 */
	@Override
	void awaitBlocked(int sessions) {
		Awaitility.await()
			.until(() -> Thread.getAllStackTraces().values().stream().filter(H2InboxTests::works).count() >= sessions);
	}

	private static boolean works(StackTraceElement[] stack) {
		return Arrays.stream(stack).anyMatch((frame) -> frame.getClassName().equals("org.h2.command.Command"));
	}

}
