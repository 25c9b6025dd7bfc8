// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.idempotency.outbox.Destinations;
import dev.idempotency.outbox.OutboxRecord;

/**
 * Sends each message by the transport it names. Whatever a transport does wrong counts as
 * no answer: the message stays where it is.
 */
final class Transports {

	private final Map<String, Transport> byName;

	Transports(List<Transport> transports) {
		this.byName = transports.stream()
			.collect(Collectors.toMap(Transport::name, Function.identity(), (first, second) -> {
				throw new IllegalArgumentException("Two transports are named '" + first.name() + "': " + first + " and "
						+ second + ". Remove one, or give it another name");
			}));
	}

	boolean heartbeats(String destination) {
		Transport transport = this.byName.get(Destinations.transport(destination));
		return transport == null || transport.heartbeats();
	}

	CompletionStage<SendResult> send(OutboxRecord message) {
		try {
			Transport transport = this.byName.get(message.transport());
			if (transport == null) {
				throw new IllegalStateException("No transport '" + message.transport() + "' for destination '"
						+ message.destination() + "'; its messages wait until an instance that has it runs");
			}
			return transport.send(message);
		}
		catch (Throwable ex) {
			return CompletableFuture.completedFuture(new SendResult.Unavailable(ex));
		}
	}

}
