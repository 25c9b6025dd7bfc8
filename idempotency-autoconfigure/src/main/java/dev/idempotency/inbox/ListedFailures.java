// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Judges by class. What was thrown or any of its causes counts, except where a statement
 * of the database failed: that connection says nothing about the provider's.
 */
public final class ListedFailures implements FailureRule {

	private static final Set<Class<? extends Throwable>> NEVER_CONNECTED = Set.of(ConnectException.class,
			UnknownHostException.class, NoRouteToHostException.class, PortUnreachableException.class,
			HttpConnectTimeoutException.class);

	private static final String DATABASE = "java.sql.SQLException";

	private static final int MAX_DEPTH = 32;

	private final List<Class<? extends Throwable>> notExecuted;

	private final List<Class<? extends Throwable>> rejected;

	/**
	 * Creates a rule. A connection that was never made always counts as not executed.
	 * @param notExecuted further exceptions that are only thrown if nothing was sent
	 * @param rejected exceptions by which the outside world says no
	 */
	public ListedFailures(List<Class<? extends Throwable>> notExecuted, List<Class<? extends Throwable>> rejected) {
		this.notExecuted = new ArrayList<>(NEVER_CONNECTED);
		this.notExecuted.addAll(notExecuted);
		this.rejected = List.copyOf(rejected);
	}

	@Override
	public Verdict judge(Throwable failure) {
		boolean notExecuted = false;
		int depth = 0;
		for (Throwable cause = failure; cause != null && depth < MAX_DEPTH; cause = cause.getCause(), depth++) {
			if (isOne(this.rejected, cause)) {
				return Verdict.REJECTED;
			}
			if (isDatabase(cause.getClass())) {
				return Verdict.AMBIGUOUS;
			}
			notExecuted = notExecuted || isOne(this.notExecuted, cause);
		}
		return notExecuted ? Verdict.NOT_EXECUTED : Verdict.AMBIGUOUS;
	}

	private static boolean isOne(List<Class<? extends Throwable>> types, Throwable cause) {
		return types.stream().anyMatch((type) -> type.isInstance(cause));
	}

	/**
	 * By name, because the core reaches no database.
	 */
	private static boolean isDatabase(Class<?> type) {
		for (Class<?> each = type; each != null; each = each.getSuperclass()) {
			if (each.getName().equals(DATABASE)) {
				return true;
			}
		}
		return false;
	}

}
