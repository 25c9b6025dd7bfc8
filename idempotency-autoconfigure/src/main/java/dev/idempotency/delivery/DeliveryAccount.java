// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.flow.FlowPolicy;

/**
 * Accounts for the messages of one listener that no inbox protects. Repetitions are told
 * by a bounded memory of the identities this node has handled, so they are counted as "at
 * least": what other nodes, or this one before a restart, had handled is not known.
 */
public final class DeliveryAccount {

	private static final int REMEMBERED = 10_000;

	private final String flow;

	private final FlowPolicy.Identity identity;

	private final EffectListener listener;

	private final Map<MessageIdentity, Boolean> handled = new LinkedHashMap<>() {

		@Override
		protected boolean removeEldestEntry(Map.Entry<MessageIdentity, Boolean> eldest) {
			return size() > REMEMBERED;
		}

	};

	/**
	 * Opens an account.
	 * @param flow the flow of the listener
	 * @param identity where identities may come from; a position serves as well, since
	 * nothing is decided by it
	 * @param listener hears what is counted
	 */
	public DeliveryAccount(String flow, FlowPolicy.Identity identity, EffectListener listener) {
		this.flow = flow;
		this.identity = new FlowPolicy.Identity(identity.header(), true);
		this.listener = listener;
	}

	/**
	 * Counts a message that was handled to the end.
	 * @param delivery the message
	 */
	public void handled(Delivery delivery) {
		MessageIdentity identity = MessageIdentities.find(delivery, this.identity);
		this.listener.on(new EffectEvent.Handled(this.flow, identity != null && isKnown(identity)));
	}

	/**
	 * Counts messages that were acknowledged and not handled to the end.
	 * @param how what is known of them
	 * @param messages how many
	 */
	public void lost(EffectEvent.Loss how, long messages) {
		this.listener.on(new EffectEvent.Lost(this.flow, how, messages));
	}

	private boolean isKnown(MessageIdentity identity) {
		synchronized (this.handled) {
			return this.handled.put(identity, Boolean.TRUE) != null;
		}
	}

}
