// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import org.jspecify.annotations.NonNull;
import org.jspecify.annotations.Nullable;

/**
 * The guarantee of {@link ExactlyOnceEffect} with contract {@link EffectContract#LOCAL}
 * for code that no proxy reaches.
 */
public interface EffectTemplate {

	/**
	 * Runs the body in one transaction with its claim, or finds that it was done before.
	 * @param flow the flow, as in {@link ExactlyOnceEffect#flow()}
	 * @param id identity within the flow
	 * @param content what is fingerprinted to tell a collision from a duplicate,
	 * {@code null} for none
	 * @param body the business code
	 * @param <T> type of the result
	 * @return whether it was applied now or was a duplicate
	 * @throws EffectException if the effect cannot be protected or decided now; nothing
	 * was applied then
	 */
	<T extends @Nullable Object> EffectResult<T> execute(String flow, String id, @Nullable Object content,
			EffectBody<T> body);

	/**
	 * Runs the body in one transaction with its claim and stores what it returns, or
	 * returns what was stored when it was done before.
	 * @param flow the flow, as in {@link ExactlyOnceEffect#flow()}
	 * @param id identity within the flow
	 * @param content what is fingerprinted to tell a collision from a duplicate,
	 * {@code null} for none
	 * @param type what the result is stored and read as
	 * @param body the business code
	 * @param <T> type of the result
	 * @return the result, of this call or of the one that did it
	 * @throws DuplicateEffectException if it was done before and there is no result to
	 * return
	 * @throws ResultException if the result cannot be stored, and then nothing was
	 * applied, or cannot be read again
	 * @throws EffectException if the effect cannot be protected or decided now; nothing
	 * was applied then
	 */
	<T extends @Nullable Object> T call(String flow, String id, @Nullable Object content, ResultType<@NonNull T> type,
			EffectBody<T> body);

	/**
	 * Runs the body as its contract says.
	 * @param contract what kind of effect it is
	 * @param flow the flow, as in {@link ExactlyOnceEffect#flow()}
	 * @param id identity within the flow
	 * @param content what is fingerprinted to tell a collision from a duplicate,
	 * {@code null} for none
	 * @param body the business code; with an external contract it runs outside of any
	 * transaction and calls the outside world once
	 * @param <T> type of the result
	 * @return whether it was applied now or was a duplicate; results of external effects
	 * are not stored
	 * @throws EffectInDoubtException if it is not known whether the effect happened
	 * @throws EffectException if the effect cannot be protected or decided now
	 */
	default <T extends @Nullable Object> EffectResult<T> execute(EffectContract contract, String flow, String id,
			@Nullable Object content, EffectBody<T> body) {
		if (contract == EffectContract.LOCAL) {
			return execute(flow, id, content, body);
		}
		throw new UnprotectedEffectException("This template keeps no effect of contract " + contract);
	}

}
