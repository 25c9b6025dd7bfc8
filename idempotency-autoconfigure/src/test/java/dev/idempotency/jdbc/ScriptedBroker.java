// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.relay.SendResult;
import dev.idempotency.relay.Transport;

/**
 * A broker that several nodes send to, and that answers when it is told to.
 */
final class ScriptedBroker {

	private final List<Arrival> arrivals = new ArrayList<>();

	private final List<CompletableFuture<SendResult>> unanswered = new ArrayList<>();

	private final Set<String> withheld = new HashSet<>();

	private final Set<String> refusals = new HashSet<>();

	private boolean away;

	Transport transport(String node) {
		return new Transport() {

			@Override
			public String name() {
				return "scripted";
			}

			@Override
			public CompletionStage<SendResult> send(OutboxRecord message) {
				return ScriptedBroker.this.send(node, message);
			}

		};
	}

	private synchronized CompletionStage<SendResult> send(String node, OutboxRecord message) {
		if (this.away) {
			return CompletableFuture
				.completedFuture(new SendResult.Unavailable(new IllegalStateException("the broker is away")));
		}
		if (this.refusals.remove(message.id())) {
			return CompletableFuture
				.completedFuture(new SendResult.Refused(new IllegalArgumentException("refused as told")));
		}
		this.arrivals.add(new Arrival(node, message));
		if (this.withheld.contains(node)) {
			CompletableFuture<SendResult> answer = new CompletableFuture<>();
			this.unanswered.add(answer);
			return answer;
		}
		return CompletableFuture.completedFuture(new SendResult.Confirmed());
	}

	synchronized void isAway(boolean now) {
		this.away = now;
	}

	synchronized void refuseOnce(String... ids) {
		this.refusals.addAll(Set.of(ids));
	}

	synchronized void withholdAnswersFrom(String node) {
		this.withheld.add(node);
	}

	synchronized void answerAll() {
		this.withheld.clear();
		this.unanswered.forEach((answer) -> answer.complete(new SendResult.Confirmed()));
		this.unanswered.clear();
	}

	synchronized int unanswered() {
		return this.unanswered.size();
	}

	synchronized List<OutboxRecord> arrivals() {
		return this.arrivals.stream().map(Arrival::message).toList();
	}

	synchronized Set<String> distinctArrivals() {
		return new HashSet<>(this.arrivals.stream().map((arrival) -> arrival.message().id()).toList());
	}

	synchronized Set<String> senders() {
		return new HashSet<>(this.arrivals.stream().map(Arrival::node).toList());
	}

	/**
	 * Messages that came for the first time after a later one of their key.
	 */
	synchronized List<String> inverted() {
		Map<String, OutboxRecord> first = new LinkedHashMap<>();
		this.arrivals.forEach((arrival) -> first.putIfAbsent(arrival.message().id(), arrival.message()));
		Map<String, Long> last = new HashMap<>();
		List<String> inverted = new ArrayList<>();
		first.values().forEach((message) -> {
			Long before = last.put(message.destination() + " " + message.key(), message.position());
			if (message.key() != null && before != null && before > message.position()) {
				inverted.add(message.id());
			}
		});
		return inverted;
	}

	private record Arrival(String node, OutboxRecord message) {
	}

}
