// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * The effect the current thread is in. Effects nest; the innermost is current.
 */
public final class CurrentEffect implements AutoCloseable {

	private static final ThreadLocal<@Nullable CurrentEffect> CURRENT = new ThreadLocal<>();

	private final @Nullable EffectKey key;

	private final List<CurrentEffect> messagesOfBatch;

	private final @Nullable CurrentEffect outer;

	private @Nullable ProviderKey providerKey;

	private volatile boolean keyGiven;

	private volatile boolean reachedOutside;

	private volatile int answer;

	private int messages;

	private CurrentEffect(@Nullable EffectKey key, List<EffectKey> batch, @Nullable CurrentEffect outer) {
		this.key = key;
		this.messagesOfBatch = batch.isEmpty() ? List.of()
				: batch.stream().map((each) -> new CurrentEffect(each, List.of(), this)).toList();
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
		CurrentEffect outer = outside(List.of(key));
		return enter(new CurrentEffect(key, List.of(), outer));
	}

	/**
	 * Enters an external effect; to be closed on the same thread.
	 * @param key its identity
	 * @param providerKey the key its provider knows it by, {@code null} for none
	 * @return the scope
	 * @throws ReentrantEffectException if the key is already being worked on by this
	 * thread
	 */
	public static CurrentEffect enter(EffectKey key, @Nullable ProviderKey providerKey) {
		CurrentEffect entered = enter(key);
		entered.providerKey = providerKey;
		return entered;
	}

	/**
	 * Refuses an effect that this thread is already in, before it is claimed.
	 * @param key its identity
	 * @throws ReentrantEffectException if the key is already being worked on by this
	 * thread
	 */
	public static void requireOutside(EffectKey key) {
		outside(List.of(key));
	}

	/**
	 * Enters the effects of a batch that one call applies; to be closed on the same
	 * thread.
	 * @param keys their identities
	 * @return the scope
	 * @throws ReentrantEffectException if one of the keys is already being worked on by
	 * this thread
	 */
	public static CurrentEffect enterBatch(List<EffectKey> keys) {
		CurrentEffect outer = outside(keys);
		return enter(new CurrentEffect(null, keys, outer));
	}

	/**
	 * Says, inside a batch, which of its messages the following is for, so that what is
	 * sent gets the same id however the batch is cut next time. To be closed on the same
	 * thread.
	 * @param index position in the list that the listener was given
	 * @return the scope of that message's effect
	 * @throws IllegalStateException outside of a batch
	 */
	public static CurrentEffect ofMessage(int index) {
		CurrentEffect batch = CURRENT.get();
		if (batch == null || batch.key != null) {
			throw new IllegalStateException("Only the listener of a batch tells its messages apart");
		}
		return enter(batch.messagesOfBatch.get(index));
	}

	private static CurrentEffect enter(CurrentEffect entered) {
		CURRENT.set(entered);
		return entered;
	}

	private static @Nullable CurrentEffect outside(List<EffectKey> keys) {
		CurrentEffect outer = CURRENT.get();
		for (CurrentEffect effect = outer; effect != null; effect = effect.outer) {
			for (EffectKey key : keys) {
				if (effect.has(key)) {
					throw new ReentrantEffectException(key);
				}
			}
		}
		return outer;
	}

	private boolean has(EffectKey other) {
		return other.equals(this.key) || this.messagesOfBatch.stream().anyMatch((each) -> other.equals(each.key));
	}

	/**
	 * Whether this stands for all messages of a batch.
	 * @return {@code true} outside of {@link #ofMessage(int)}
	 */
	public boolean isBatch() {
		return this.key == null;
	}

	boolean isOf(String flow) {
		return (this.key != null) ? this.key.consumer().equals(flow)
				: this.messagesOfBatch.stream().anyMatch((each) -> each.isOf(flow));
	}

	/**
	 * Identity of this effect.
	 * @return the key
	 * @throws IllegalStateException in a batch, outside of {@link #ofMessage(int)}
	 */
	public EffectKey key() {
		if (this.key == null) {
			throw new IllegalStateException("In the listener of a batch nothing tells which of its messages this "
					+ "is for, and the batch may be cut otherwise next time. Send inside of "
					+ "try (CurrentEffect effect = CurrentEffect.ofMessage(index)), "
					+ "or give the outgoing message an id of its own");
		}
		return this.key;
	}

	/**
	 * Id for the next message this effect sends, the same whenever the effect runs again.
	 * @return the id
	 * @throws IllegalStateException in a batch, outside of {@link #ofMessage(int)}
	 */
	public String nextMessageId() {
		return key().messageId(this.messages++);
	}

	/**
	 * The idempotency key to give to the provider, the same in every attempt. Clients of
	 * Spring send it by themselves; this is for others. Whoever asks is taken to send it.
	 * @return the key, empty unless the contract is
	 * {@link EffectContract#EXTERNAL_WITH_KEY}
	 */
	public Optional<String> idempotencyKey() {
		return Optional.ofNullable(this.providerKey).map(this::given).map(ProviderKey::value);
	}

	/**
	 * The idempotency key for the requests to a host, with the header that carries it.
	 * Whoever asks is taken to send it.
	 * @param host the host, without a port; {@code null} if it is unknown
	 * @return the key, {@code null} if the host gets none, or unless the contract is
	 * {@link EffectContract#EXTERNAL_WITH_KEY}
	 */
	public @Nullable ProviderKey keyFor(@Nullable String host) {
		ProviderKey known = this.providerKey;
		return (known != null && known.isFor(host)) ? given(known) : null;
	}

	private ProviderKey given(ProviderKey known) {
		this.keyGiven = true;
		return known;
	}

	/**
	 * Whether anybody asked for the key. If not, no request can have carried it, and to
	 * repeat the effect is not safe.
	 * @return {@code true} after {@link #idempotencyKey()} or {@link #keyFor(String)}
	 */
	public boolean hasGivenKey() {
		return this.keyGiven;
	}

	/**
	 * Notes that something may have been sent to the outside. A failure after that, for
	 * instance of a second connection, is never taken for one of which nothing was seen.
	 * Clients of Spring do so by themselves.
	 */
	public void reachedOutside() {
		for (CurrentEffect effect = this; effect != null; effect = effect.outer) {
			effect.reachedOutside = true;
		}
	}

	/**
	 * Whether something may have been sent.
	 * @return {@code true} after {@link #reachedOutside()}
	 */
	public boolean hasReachedOutside() {
		return this.reachedOutside;
	}

	/**
	 * Notes the HTTP status the provider answered a request with that carried the key.
	 * Some store their errors with the key, and repeating does not help then. Clients of
	 * Spring do so by themselves.
	 * @param status the status
	 */
	public void answered(int status) {
		this.keyGiven = true;
		this.answer = status;
	}

	/**
	 * What the provider answered last.
	 * @return the HTTP status, 0 if there is none
	 */
	public int answer() {
		return this.answer;
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

	@Override
	public String toString() {
		return (this.key != null) ? this.key.toString() : "a batch of " + this.messagesOfBatch.size();
	}

}
