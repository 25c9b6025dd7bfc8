// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import dev.idempotency.effect.EffectKey;
import dev.idempotency.outbox.Destinations;
import dev.idempotency.outbox.Lanes;
import dev.idempotency.outbox.OutboxException;
import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.outbox.OutboxStore;
import dev.idempotency.outbox.WakeUp;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages set aside to their flow again, on the way every message takes: outbox,
 * broker, listener, claim. A replay has the identity of the original, so it is applied
 * only if the original was not. Taking the message and writing it to the outbox is one
 * transaction.
 */
public final class Replays {

	/** Source of ids made for messages that had no usable identity. */
	public static final String SOURCE = "idempotency.parked";

	private static final String TYPE = "idempotency.replay";

	private final ReplaySource parked;

	private final OutboxStore outbox;

	private final Transactions transactions;

	private final WakeUp wakeUp;

	private final Set<String> transports;

	private final Clock clock;

	/**
	 * Creates the replays.
	 * @param parked the messages set aside
	 * @param outbox where they wait to be sent
	 * @param transactions both at once
	 * @param wakeUp tells the relay after the commit
	 * @param transports names of the transports at hand
	 * @param clock gives the time of the replay
	 */
	public Replays(ReplaySource parked, OutboxStore outbox, Transactions transactions, WakeUp wakeUp,
			Set<String> transports, Clock clock) {
		this.parked = parked;
		this.outbox = outbox;
		this.transactions = transactions;
		this.wakeUp = wakeUp;
		this.transports = Set.copyOf(transports);
		this.clock = clock;
	}

	/**
	 * Replays one message.
	 * @param id names the message
	 * @return what became of it
	 */
	public Replay replay(String id) {
		try {
			return this.transactions
				.inOne(() -> this.parked.take(id).<Replay>map(this::send).orElseGet(Replay.Unknown::new));
		}
		catch (OutboxException ex) {
			return new Replay.Refused(String.valueOf(ex.getMessage()));
		}
	}

	/**
	 * Replays messages of a flow, the oldest first, each in a transaction of its own.
	 * @param flow the flow
	 * @param limit how many at most
	 * @return what became of them
	 */
	public Replay.Summary replay(String flow, int limit) {
		int sent = 0;
		int refused = 0;
		String reason = "";
		for (String id : this.parked.oldest(flow, limit)) {
			Replay result = replay(id);
			if (result instanceof Replay.Sent) {
				sent++;
			}
			else if (result instanceof Replay.Refused refusal) {
				reason = (refused++ == 0) ? refusal.reason() : reason;
			}
		}
		return new Replay.Summary(sent, refused, reason);
	}

	/**
	 * Gives a message up.
	 * @param id names the message
	 * @return {@code false} if no message of that name is set aside
	 */
	public boolean discard(String id) {
		return this.parked.discard(id);
	}

	private Replay send(ParkedMessage message) {
		Route route = Route.to(message);
		String transport = Destinations.transport(route.destination());
		if (!this.transports.contains(transport)) {
			throw new OutboxException("No transport '" + transport + "' in this application; known are "
					+ this.transports.stream().sorted().toList() + ". Replay the message where its flow runs");
		}
		EffectKey identity = message.identity();
		String source = (identity != null) ? identity.source() : SOURCE;
		String id = (identity != null) ? identity.id() : message.digest();
		int lane = Lanes.of(route.key(), id);
		Map<String, String> headers = new HashMap<>(message.headers());
		headers.put(OutboxRecord.FLOW_HEADER, message.flow());
		this.outbox.insert(new OutboxRecord(0, lane, id, route.destination(), route.route(), route.key(), TYPE, source,
				this.clock.instant(), headers, message.contentType(), message.body(), 0));
		this.outbox.afterCommit(() -> this.wakeUp.committed(route.destination(), lane));
		return new Replay.Sent(message.flow(), route.destination(), source, id);
	}

	/**
	 * The way back to where a message came from. RabbitMQ's leads through the default
	 * exchange into the very queue and past everybody else; its routing key is no key
	 * that order is kept by.
	 */
	private record Route(String destination, @Nullable String route, @Nullable String key) {

		private static Route to(ParkedMessage message) {
			return message.transport().equals("rabbit") ? new Route("rabbit:", message.channel(), null)
					: new Route(message.transport() + ":" + message.channel(), null, message.key());
		}

	}

}
