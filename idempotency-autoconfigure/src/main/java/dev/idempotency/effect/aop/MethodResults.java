// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.lang.reflect.Type;
import java.util.function.Function;

import dev.idempotency.delivery.CurrentDelivery;
import dev.idempotency.effect.DuplicateEffectException;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.EffectResult;
import dev.idempotency.effect.Outcome;
import dev.idempotency.effect.ResultCodec;
import dev.idempotency.effect.StoredResult;
import dev.idempotency.inbox.EncodedResults;
import dev.idempotency.inbox.ResultEncoding;
import dev.idempotency.inbox.ResultStore;
import dev.idempotency.inbox.Results;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;

/**
 * What becomes of results: stored with the effect and returned to a repeated caller,
 * where there is a store and something that can write them.
 */
final class MethodResults {

	private final @Nullable ResultStore store;

	private final @Nullable ResultCodec codec;

	private final Type type;

	private MethodResults(@Nullable ResultStore store, @Nullable ResultCodec codec, Type type) {
		this.store = store;
		this.codec = codec;
		this.type = type;
	}

	/**
	 * Of a method. One that returns nothing has none, but a request that was rejected is
	 * to be rejected again.
	 */
	static MethodResults of(ListableBeanFactory beans, EffectMethod method, Class<?> type) {
		Type result = method.returnsNothing() ? void.class : method.resultType(type);
		return (method.returnsNothing() && !method.handler()) ? new MethodResults(null, null, result)
				: of(beans, result);
	}

	static MethodResults of(ListableBeanFactory beans, Type type) {
		return new MethodResults(beans.getBeanProvider(ResultStore.class).getIfAvailable(),
				beans.getBeanProvider(ResultCodec.class).getIfAvailable(), type);
	}

	/**
	 * Keeps the results of local effects.
	 * @param value takes the method's result from what the body returns
	 */
	<T extends @Nullable Object> Results<T> local(Function<T, @Nullable Object> value) {
		return (this.store != null && this.codec != null)
				? new EncodedResults<>(this.store, this.codec, this.type, value) : Results.none();
	}

	/**
	 * Keeps the results of external effects, in their claims; nothing if there is nothing
	 * to store, or nothing that can write it.
	 * @param value takes the method's result from what the body returns
	 */
	<T extends @Nullable Object> ResultEncoding<T> external(Function<T, @Nullable Object> value) {
		ResultCodec writer = this.codec;
		Type result = this.type;
		return new ResultEncoding<>() {

			@Override
			public @Nullable StoredResult encode(T returned) {
				return (writer != null && result != void.class) ? writer.encode(value.apply(returned), result) : null;
			}

			@Override
			public @Nullable StoredResult encodeRejection(Throwable failure) {
				return (writer != null) ? writer.encodeRejection(failure) : null;
			}

		};
	}

	/**
	 * What a repeated caller gets.
	 * @throws DuplicateEffectException if there is nothing to return
	 */
	@Nullable Object again(EffectKey key, EffectResult.Duplicate<?> duplicate) {
		StoredResult stored = duplicate.stored();
		if (duplicate.outcome() == Outcome.COMPLETED && this.type == void.class) {
			CurrentDelivery.replayed(key.consumer());
			return null;
		}
		if (duplicate.outcome() != Outcome.COMPLETED || stored == null || this.codec == null) {
			throw new DuplicateEffectException(key, duplicate.outcome(), stored);
		}
		Object value = this.codec.decode(stored, this.type);
		CurrentDelivery.replayed(key.consumer());
		return value;
	}

}
