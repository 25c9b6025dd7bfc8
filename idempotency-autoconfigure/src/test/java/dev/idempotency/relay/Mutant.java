// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.UnaryOperator;

import dev.idempotency.relay.Simulation.Engine;

/**
 * Guards that can be taken away, each from the engines that have it.
 */
enum Mutant {

	/** Every guard is there. */
	NONE(Engine.TABLE, Engine.LOG),

	/** The store lets a late owner change things. */
	STORE_WITHOUT_FENCE(Engine.TABLE),

	/** The log lets a late owner change things. */
	LOG_WITHOUT_FENCE(Engine.LOG),

	/** The relay does not know what order is kept by. */
	NO_KEY_ORDER(Engine.TABLE, Engine.LOG),

	/** A message counts as confirmed as soon as it is sent. */
	SETTLES_BEFORE_CONFIRM(Engine.TABLE, Engine.LOG),

	/** A page is closed as soon as it is shown. */
	CLOSES_BEFORE_SENDING(Engine.LOG),

	/** A batch is open in the memory of the node that reads it, and nowhere else. */
	OPENS_IN_MEMORY_ONLY(Engine.LOG),

	/** What was committed late, below what was read, is passed over. */
	READS_BY_POSITION(Engine.LOG),

	/** The relay never learns which keys have something outside the log. */
	IGNORES_HELD_KEYS(Engine.LOG),

	/** A page is closed without what goes aside. */
	DROPS_WHAT_GOES_ASIDE(Engine.LOG),

	/** What goes aside is stored when the page is closed already. */
	SETS_ASIDE_TOO_LATE(Engine.LOG),

	/** A reader is used for other lanes than it was claimed for. */
	CLAIMS_ONLY_ONCE(Engine.LOG),

	/** What one reader read ahead is shown by the next. */
	READS_AHEAD_FOR_OTHERS(Engine.LOG),

	/** Each send has an id of its own. */
	ID_PER_SEND(Engine.TABLE, Engine.LOG),

	/** The relay believes in its leases ten times as long as the store. */
	LATE_DEADLINE(Engine.TABLE, Engine.LOG),

	/** The relay never learns which keys are halted. */
	NO_HALTED_KEYS(Engine.TABLE),

	/** Messages are parked behind a key that was resumed meanwhile. */
	PARKS_BEHIND_RESUMED_KEYS(Engine.TABLE);

	private final Set<Engine> engines;

	Mutant(Engine first, Engine... others) {
		this.engines = EnumSet.of(first, others);
	}

	Set<Engine> engines() {
		return this.engines;
	}

	RelaySettings settings(RelaySettings settings) {
		return (this != LATE_DEADLINE) ? settings
				: new RelaySettings(Simulation.TTL.multipliedBy(10), settings.batching(), settings.polling(),
						settings.retrying(), settings.poison(), settings.shutdownBound());
	}

	LaneStore lanes(LaneStore store) {
		return (this != LATE_DEADLINE) ? store : proxy(LaneStore.class, store, (arguments) -> {
			for (int i = 0; i < arguments.length; i++) {
				arguments[i] = (arguments[i] instanceof Duration) ? Simulation.TTL : arguments[i];
			}
			return arguments;
		}, UnaryOperator.identity());
	}

	RelayStore store(RelayStore store) {
		return switch (this) {
			case NO_KEY_ORDER -> proxy(RelayStore.class, store, UnaryOperator.identity(),
					(result) -> (result instanceof RelayStore.Batch batch) ? withoutKeys(batch) : result);
			case NO_HALTED_KEYS -> proxy(RelayStore.class, store, UnaryOperator.identity(),
					(result) -> (result instanceof Set) ? Set.of() : result);
			default -> store;
		};
	}

	OutboxLog log(SnapshotLog state, OutboxLog log) {
		return switch (this) {
			case NO_KEY_ORDER, CLOSES_BEFORE_SENDING, IGNORES_HELD_KEYS, SETS_ASIDE_TOO_LATE, CLAIMS_ONLY_ONCE,
					READS_AHEAD_FOR_OTHERS ->
				new MutantLog(this, state, log);
			default -> log;
		};
	}

	private static RelayStore.Batch withoutKeys(RelayStore.Batch batch) {
		return new RelayStore.Batch(batch.destination(), batch.leases(),
				batch.messages().stream().map(Messages::withoutKey).toList());
	}

	private static <T> T proxy(Class<T> type, T delegate, UnaryOperator<Object[]> arguments,
			UnaryOperator<Object> result) {
		return type
			.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, (proxy, method, given) -> {
				try {
					return result.apply(method.invoke(delegate, (given != null) ? arguments.apply(given) : null));
				}
				catch (InvocationTargetException ex) {
					throw ex.getTargetException();
				}
			}));
	}

}
