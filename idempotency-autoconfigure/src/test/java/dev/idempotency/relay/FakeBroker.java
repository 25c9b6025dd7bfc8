// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.idempotency.outbox.OutboxRecord;

/**
 * A broker that records everything that reaches it, and that can lose messages, lose
 * answers, be slow, refuse, and be away.
 */
final class FakeBroker {

	final List<OutboxRecord> sent = new ArrayList<>();

	final List<OutboxRecord> delivered = new ArrayList<>();

	final Set<Long> deliveredPositions = new HashSet<>();

	final Set<Long> poison = new HashSet<>();

	final Map<String, Long> downUntil = new HashMap<>();

	final List<String> violations = new ArrayList<>();

	boolean faulty;

	boolean confirmsTooEarly;

	boolean mintsIds;

	private final World world;

	private final FakeStore store;

	private int sends;

	FakeBroker(World world, FakeStore store) {
		this.world = world;
		this.store = store;
	}

	Transport transport(World.Node node) {
		return new Transport() {

			@Override
			public String name() {
				return "fake";
			}

			@Override
			public CompletionStage<SendResult> send(OutboxRecord message) {
				return FakeBroker.this.send(node, message);
			}

		};
	}

	int sends() {
		return this.sends;
	}

	private CompletionStage<SendResult> send(World.Node node, OutboxRecord message) {
		this.sends++;
		this.sent.add(message);
		if (!this.store.mayUse(node.name, message.lane())) {
			this.violations.add("I10: " + node.name + " sent " + message.position() + " without its lane");
		}
		OutboxRecord sent = this.mintsIds ? Messages.withId(message, "minted" + this.sends) : message;
		CompletableFuture<SendResult> answer = new CompletableFuture<>();
		if (this.confirmsTooEarly) {
			answer.complete(new SendResult.Confirmed());
		}
		decide(sent, answer);
		this.world.pass(this.world.millis(0, 2));
		return answer;
	}

	private void decide(OutboxRecord message, CompletableFuture<SendResult> answer) {
		long trip = this.world.millis(0, 30);
		SendResult unavailable = new SendResult.Unavailable(new IllegalStateException("no answer"));
		if (this.downUntil.getOrDefault(message.destination(), 0L) > this.world.now()) {
			answer(trip, answer, unavailable);
		}
		else if (this.poison.contains(message.position()) || (this.faulty && this.world.chance(0.02))) {
			answer(trip, answer, new SendResult.Refused(new IllegalArgumentException("refused")));
		}
		else if (this.faulty && this.world.chance(0.02)) {
			throw new StackOverflowError("a transport with a defect");
		}
		else if (this.faulty && this.world.chance(0.05)) {
			answer(trip + this.world.millis(0, 300), answer, unavailable);
		}
		else if (this.faulty && this.world.chance(0.05)) {
			deliver(this.world.millis(0, 2000), message);
			answer(trip, answer, unavailable);
		}
		else if (this.faulty && this.world.chance(0.04)) {
			this.world.at(trip, this.world.chance(0.5) ? () -> arrive(message) : () -> {
			});
		}
		else {
			this.world.at(trip, () -> {
				arrive(message);
				answer(this.world.millis(0, 30), answer, new SendResult.Confirmed());
			});
		}
	}

	private void deliver(long delay, OutboxRecord message) {
		this.world.at(delay, () -> arrive(message));
	}

	private void arrive(OutboxRecord message) {
		this.delivered.add(message);
		this.deliveredPositions.add(message.position());
	}

	private void answer(long delay, CompletableFuture<SendResult> answer, SendResult result) {
		this.world.at(delay, () -> answer.complete(result));
	}

}
