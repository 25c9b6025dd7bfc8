// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import org.jspecify.annotations.Nullable;

/**
 * The effect the current thread is in. Effects nest; the innermost is current.
 */
public final class CurrentEffect implements AutoCloseable {

	private static final ThreadLocal<@Nullable CurrentEffect> CURRENT = new ThreadLocal<>();

	private final EffectKey key;

	private final @Nullable CurrentEffect outer;

	private int messages;

	private CurrentEffect(EffectKey key, @Nullable CurrentEffect outer) {
		this.key = key;
		this.outer = outer;
	}

	/**
	 * The current effect.
	 * @return the effect, or {@code null} outside of one
	 */
	public static @Nullable CurrentEffect get() {
		return CURRENT.get();
	}

	/**
	 * Enters an effect; to be closed on the same thread.
	 * @param key its identity
	 * @return the scope
	 * @throws ReentrantEffectException if the key is already being worked on by this
	 * thread
	 */
	public static CurrentEffect enter(EffectKey key) {
		CurrentEffect outer = CURRENT.get();
		for (CurrentEffect effect = outer; effect != null; effect = effect.outer) {
			if (effect.key.equals(key)) {
				throw new ReentrantEffectException(key);
			}
		}
		CurrentEffect entered = new CurrentEffect(key, outer);
		CURRENT.set(entered);
		return entered;
	}

	/**
	 * Identity of this effect.
	 * @return the key
	 */
	public EffectKey key() {
		return this.key;
	}

	/**
	 * Id for the next message this effect sends, the same whenever the effect runs again.
	 * @return the id
	 */
	public String nextMessageId() {
		return this.key.messageId(this.messages++);
	}

	@Override
	public void close() {
		if (this.outer != null) {
			CURRENT.set(this.outer);
		}
		else {
			CURRENT.remove();
		}
	}

}
