// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.List;

import dev.idempotency.delivery.FailureClassifier;
import dev.idempotency.effect.EffectCollisionException;
import dev.idempotency.effect.EffectFencedException;
import dev.idempotency.effect.EffectInDoubtException;
import dev.idempotency.effect.EffectInProgressException;
import dev.idempotency.effect.FlowPausedException;
import dev.idempotency.effect.InvalidIdentityException;
import dev.idempotency.effect.StaleClaimException;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.TransactionTimedOutException;

/**
 * Tells a database that is away, a deadlock or a lost connection from failing business
 * code. Looks through the causes: the broker adapters first, then Spring's and JDBC's
 * exceptions.
 */
final class SpringFailureClassifier implements FailureClassifier {

	private static final List<Class<? extends Throwable>> INFRASTRUCTURE = List.of(EffectInProgressException.class,
			EffectFencedException.class, FlowPausedException.class, StaleClaimException.class,
			TransientDataAccessException.class, RecoverableDataAccessException.class,
			NonTransientDataAccessResourceException.class, CannotCreateTransactionException.class,
			TransactionSystemException.class, TransactionTimedOutException.class, SQLTransientException.class,
			SQLRecoverableException.class, SQLNonTransientConnectionException.class, InterruptedException.class);

	/**
	 * SQLState classes: connection, transaction rollback, resources, operator, system.
	 */
	private static final List<String> INFRASTRUCTURE_STATES = List.of("08", "40", "53", "57", "58");

	private final List<FaultOfAdapter> adapters;

	SpringFailureClassifier(List<FaultOfAdapter> adapters) {
		this.adapters = List.copyOf(adapters);
	}

	@Override
	public Fault classify(Throwable failure) {
		int depth = 0;
		for (Throwable cause = failure; cause != null && depth < 32; cause = cause.getCause(), depth++) {
			Fault fault = own(cause);
			if (fault != null) {
				return fault;
			}
		}
		for (FaultOfAdapter adapter : this.adapters) {
			Fault fault = adapter.classify(failure);
			if (fault != null) {
				return fault;
			}
		}
		return Fault.BUSINESS;
	}

	private static @Nullable Fault own(Throwable cause) {
		if (cause instanceof EffectCollisionException) {
			return Fault.COLLISION;
		}
		if (cause instanceof EffectInDoubtException) {
			return Fault.IN_DOUBT;
		}
		if (cause instanceof InvalidIdentityException) {
			return Fault.NO_IDENTITY;
		}
		if (INFRASTRUCTURE.stream().anyMatch((type) -> type.isInstance(cause))) {
			return Fault.INFRASTRUCTURE;
		}
		return (cause instanceof SQLException sql && infrastructure(sql)) ? Fault.INFRASTRUCTURE : null;
	}

	private static boolean infrastructure(SQLException exception) {
		String state = exception.getSQLState();
		return (state != null && INFRASTRUCTURE_STATES.stream().anyMatch(state::startsWith))
				|| exception.getCause() instanceof IOException;
	}

}
