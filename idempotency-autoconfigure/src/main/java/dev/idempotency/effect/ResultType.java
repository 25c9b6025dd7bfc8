// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Objects;

/**
 * Type of a result, with its type arguments: {@code ResultType.of(Order.class)}, or
 * {@code new ResultType<List<Order>>() {}}.
 *
 * @param <T> the type
 */
public abstract class ResultType<T> {

	private final Type type;

	/**
	 * For anonymous subclasses, which know their type argument.
	 */
	protected ResultType() {
		if (!(getClass().getGenericSuperclass() instanceof ParameterizedType parent)
				|| parent.getRawType() != ResultType.class) {
			throw new IllegalStateException("Write new ResultType<List<Order>>() {} with the type in question");
		}
		this.type = parent.getActualTypeArguments()[0];
	}

	private ResultType(Class<T> type) {
		this.type = Objects.requireNonNull(type, "type");
	}

	/**
	 * A type without type arguments.
	 * @param type the class
	 * @param <T> the type
	 * @return the type
	 */
	public static <T> ResultType<T> of(Class<T> type) {
		return new Plain<>(type);
	}

	/**
	 * The type.
	 * @return the generic type
	 */
	public final Type type() {
		return this.type;
	}

	private static final class Plain<T> extends ResultType<T> {

		private Plain(Class<T> type) {
			super(type);
		}

	}

}
