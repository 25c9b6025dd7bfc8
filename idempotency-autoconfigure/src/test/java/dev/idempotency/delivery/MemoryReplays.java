// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.outbox.OutboxStore;

/**
 * Park table and outbox in memory, with transactions that roll back.
 */
public final class MemoryReplays implements ReplaySource, OutboxStore, Transactions {

	final Map<String, ParkedMessage> parked = new LinkedHashMap<>();

	final List<OutboxRecord> waiting = new ArrayList<>();

	final List<String> woken = new ArrayList<>();

	final List<Runnable> callbacks = new ArrayList<>();

	RuntimeException failure;

	final Replays replays = new Replays(this, this, this, (destination, lane) -> this.woken.add(destination),
			Set.of("kafka", "rabbit"), Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));

	public Replays replays() {
		return this.replays;
	}

	/**
	 * Replays one message.
	 * @return what the relay would get
	 */
	public static OutboxRecord replayed(ParkedMessage message) {
		MemoryReplays memory = new MemoryReplays();
		memory.parked.put("1", message);
		memory.replays.replay("1");
		return memory.waiting.get(0);
	}

	@Override
	public Optional<ParkedMessage> take(String id) {
		return Optional.ofNullable(this.parked.remove(id));
	}

	@Override
	public boolean discard(String id) {
		return this.parked.remove(id) != null;
	}

	@Override
	public List<String> oldest(String flow, int limit) {
		return this.parked.entrySet()
			.stream()
			.filter((entry) -> entry.getValue().flow().equals(flow))
			.map(Map.Entry::getKey)
			.limit(limit)
			.toList();
	}

	@Override
	public void insert(OutboxRecord message) {
		if (this.failure != null) {
			throw this.failure;
		}
		this.waiting.add(message);
	}

	@Override
	public void afterCommit(Runnable callback) {
		this.callbacks.add(callback);
	}

	@Override
	public <T> T inOne(Supplier<T> work) {
		Map<String, ParkedMessage> before = new LinkedHashMap<>(this.parked);
		try {
			T result = work.get();
			this.callbacks.forEach(Runnable::run);
			return result;
		}
		catch (RuntimeException ex) {
			this.parked.clear();
			this.parked.putAll(before);
			throw ex;
		}
		finally {
			this.callbacks.clear();
		}
	}

}
