// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import dev.idempotency.outbox.OutboxRecord;

/**
 * What became of each message of a page so far. A message that was refused, and what its
 * key has behind it, goes aside, so that the page can be closed without them.
 */
final class LogPage {

	private final OutboxLog.Page page;

	private final List<Answers.Confirmed> confirmed = new ArrayList<>();

	private final List<Answers.Refused> refused = new ArrayList<>();

	private final Map<Long, Answers.Refused> refusals = new HashMap<>();

	private final Set<Long> aside = new HashSet<>();

	private List<OutboxRecord> pending;

	private int fruitless;

	private long answered;

	LogPage(OutboxLog.Page page) {
		this.page = page;
		this.pending = page.messages();
		settleBehind(new HashSet<>(page.held()));
	}

	/**
	 * The messages without an answer, all of which may be sent.
	 */
	Triage triage() {
		return new Triage(this.pending, List.of(), 0);
	}

	/**
	 * Learns from a round.
	 * @param answers what the broker said
	 * @param begin when the round began
	 */
	void learn(Answers answers, long begin) {
		if (answers.answered()) {
			this.answered = begin;
		}
		this.confirmed.addAll(answers.confirmed());
		if (answers.confirmed().size() == this.pending.size()) {
			this.pending = List.of();
			this.fruitless = 0;
			return;
		}
		this.refused.addAll(answers.refused());
		Set<Long> answered = answers.confirmed()
			.stream()
			.map((one) -> one.message().position())
			.collect(Collectors.toSet());
		Set<String> held = new HashSet<>();
		answers.refused().forEach((one) -> {
			answered.add(one.message().position());
			this.aside.add(one.message().position());
			this.refusals.put(one.message().position(), one);
			if (one.message().key() != null) {
				held.add(one.message().key());
			}
		});
		this.pending = this.pending.stream().filter((message) -> !answered.contains(message.position())).toList();
		settleBehind(held);
		this.fruitless = answers.answered() ? 0 : this.fruitless + 1;
	}

	/**
	 * Gives up what got no answer: it goes aside.
	 */
	void setPendingAside() {
		this.pending.forEach((message) -> this.aside.add(message.position()));
		this.pending = List.of();
	}

	boolean done() {
		return this.pending.isEmpty();
	}

	/**
	 * How many rounds in a row brought no answer.
	 * @return the number
	 */
	int fruitless() {
		return this.fruitless;
	}

	/**
	 * When the last round that brought an answer began.
	 */
	long answered() {
		return this.answered;
	}

	OutboxLog.Page page() {
		return this.page;
	}

	List<Answers.Confirmed> confirmed() {
		return this.confirmed;
	}

	List<Answers.Refused> refused() {
		return this.refused;
	}

	List<OutboxLog.Aside> aside() {
		if (this.aside.isEmpty()) {
			return List.of();
		}
		return this.page.messages()
			.stream()
			.filter((message) -> this.aside.contains(message.position()))
			.map(this::aside)
			.toList();
	}

	private OutboxLog.Aside aside(OutboxRecord message) {
		Answers.Refused refusal = this.refusals.get(message.position());
		return (refusal != null) ? new OutboxLog.Aside(message, 1, Settlement.reason(refusal.cause()))
				: new OutboxLog.Aside(message, 0, null);
	}

	private void settleBehind(Set<String> held) {
		if (!held.isEmpty()) {
			List<OutboxRecord> rest = new ArrayList<>();
			for (OutboxRecord message : this.pending) {
				if (message.key() != null && held.contains(message.key())) {
					this.aside.add(message.position());
				}
				else {
					rest.add(message);
				}
			}
			this.pending = rest;
		}
	}

}
