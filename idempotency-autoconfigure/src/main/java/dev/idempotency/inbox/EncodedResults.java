// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.lang.reflect.Type;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.idempotency.effect.EffectException;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.ResultCodec;
import dev.idempotency.effect.ResultException;
import dev.idempotency.effect.StoredResult;
import org.jspecify.annotations.Nullable;

/**
 * Keeps results encoded. Whatever goes wrong is an {@link EffectException}, which no
 * rollback rule of the application lets commit.
 *
 * @param <T> type of the result
 */
public final class EncodedResults<T extends @Nullable Object> implements Results<T> {

	private final ResultStore store;

	private final ResultCodec codec;

	private final Type type;

	private final Function<T, @Nullable Object> value;

	/**
	 * Creates the keeper of one method's results.
	 * @param store where they are kept
	 * @param codec how they are written
	 * @param type generic return type of the method; of {@code void} only rejections are
	 * kept
	 * @param value takes the method's result from what the body returns
	 */
	public EncodedResults(ResultStore store, ResultCodec codec, Type type, Function<T, @Nullable Object> value) {
		this.store = store;
		this.codec = codec;
		this.type = type;
		this.value = value;
	}

	@Override
	public boolean kept() {
		return true;
	}

	@Override
	public void keep(EffectKey key, T result) {
		if (this.type == void.class) {
			return;
		}
		store(key, () -> this.codec.encode(this.value.apply(result), this.type));
	}

	@Override
	public void keepRejection(EffectKey key, Throwable failure) {
		store(key, () -> this.codec.encodeRejection(failure));
	}

	@Override
	public @Nullable StoredResult find(EffectKey key) {
		return this.store.find(key);
	}

	private void store(EffectKey key, Supplier<@Nullable StoredResult> encoded) {
		try {
			StoredResult result = encoded.get();
			if (result != null) {
				this.store.store(key, result);
			}
		}
		catch (ResultException ex) {
			throw new ResultException(
					"The result of effect " + key
							+ " cannot be stored for repeated calls, so the effect was rolled back: " + ex.getMessage(),
					ex);
		}
		catch (EffectException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			throw new ResultException("The result of effect " + key
					+ " could not be stored for repeated calls, so the effect was rolled back: " + ex, ex);
		}
	}

}
