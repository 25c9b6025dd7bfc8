// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

/**
 * Effects that share a transaction were rolled back together, because one of them could
 * not be applied, or the transaction could not commit. Says nothing about the others:
 * each can still be applied without that one.
 */
public final class EffectGroupException extends EffectException {

	/** Stands for an effect that nobody can name. */
	public static final int UNKNOWN = -1;

	private final int index;

	/**
	 * Creates the exception.
	 * @param index position in the group of the effect that failed, {@link #UNKNOWN} if
	 * it cannot be told
	 * @param cause what failed
	 */
	public EffectGroupException(int index, Throwable cause) {
		super("A group of effects was rolled back: " + cause, cause);
		this.index = index;
	}

	/**
	 * Which effect failed.
	 * @return its position in the group, {@link #UNKNOWN} if it cannot be told
	 */
	public int index() {
		return this.index;
	}

}
