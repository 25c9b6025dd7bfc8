// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.util.List;

import dev.idempotency.delivery.StoreWatch;
import dev.idempotency.effect.EffectBody;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.EffectObservation;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.transaction.CannotCreateTransactionException;

/**
 * Makes the database a suspect when an effect cannot begin, whoever called it. What a
 * body failed on says nothing: it may be another database.
 */
final class StoreSuspicion implements EffectObservation {

	private static final int MAX_DEPTH = 32;

	private static final List<Class<? extends Throwable>> AWAY = List.of(DataAccessResourceFailureException.class,
			SQLTransientConnectionException.class, SQLNonTransientConnectionException.class,
			SQLRecoverableException.class);

	private final EffectObservation observation;

	private final StoreWatch store;

	StoreSuspicion(EffectObservation observation, StoreWatch store) {
		this.observation = observation;
		this.store = store;
	}

	@Override
	public <T extends @Nullable Object> T observe(Step step, EffectKey key, EffectBody<T> body) throws Throwable {
		try {
			return this.observation.observe(step, key, body);
		}
		catch (Throwable ex) {
			if (switch (step) {
				case EFFECT -> ex instanceof CannotCreateTransactionException;
				case CLAIM -> isAway(ex);
				case BODY -> false;
			}) {
				this.store.suspect();
			}
			throw ex;
		}
	}

	private static boolean isAway(Throwable failure) {
		int depth = 0;
		for (Throwable cause = failure; cause != null && depth < MAX_DEPTH; cause = cause.getCause(), depth++) {
			Throwable found = cause;
			if (AWAY.stream().anyMatch((type) -> type.isInstance(found))) {
				return true;
			}
		}
		return false;
	}

}
