// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

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

	CataloguedOutbox(Outbox outbox, FlowCatalogue catalogue) {
		this.outbox = outbox;
		this.catalogue = catalogue;
	}

	@Override
	public String publish(OutboxMessage message) {
		String id = this.outbox.publish(message);
		String destination = message.destination();
		if (!this.known.contains(destination) && this.known.add(destination)) {
			this.catalogue.add(new Flow(destination, Flow.Kind.OUTBOX, destination, Semantics.AT_LEAST_ONCE,
					"transactional outbox, confirmed by the broker, same id on every repeat",
					"from the commit to the broker's confirmation", null, "", "",
					List.of("consumers suppress repeats by source and id")));
		}
		return id;
	}

}
