// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

import dev.idempotency.flow.Flow;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.flow.Semantics;
import dev.idempotency.outbox.Outbox;
import dev.idempotency.outbox.OutboxMessage;

/**
 * Adds each destination to the catalogue when it is first used.
 */
final class CataloguedOutbox implements Outbox {

	private final Outbox outbox;

	private final FlowCatalogue catalogue;

	private final Set<String> known = ConcurrentHashMap.newKeySet();

	private final UnaryOperator<String> numbering;

	/**
	 * Creates it.
	 * @param numbering what is to be said of the numbers of a destination's messages
	 */
	CataloguedOutbox(Outbox outbox, FlowCatalogue catalogue, UnaryOperator<String> numbering) {
		this.outbox = outbox;
		this.catalogue = catalogue;
		this.numbering = numbering;
	}

	@Override
	public String publish(OutboxMessage message) {
		String id = this.outbox.publish(message);
		String destination = message.destination();
		if (!this.known.contains(destination) && this.known.add(destination)) {
			this.catalogue.add(new Flow(destination, Flow.Kind.OUTBOX, destination, Semantics.AT_LEAST_ONCE,
					"transactional outbox, confirmed by the broker, same id on every repeat",
					"from the commit to the broker's confirmation", null, "", "",
					List.of("consumers suppress repeats by source and id", this.numbering.apply(destination))));
		}
		return id;
	}

}
