// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import dev.idempotency.outbox.OutboxRecord;

/**
 * Answers each message as told, by default with a confirmation a millisecond later.
 */
final class ScriptedTransport implements Transport {

	static final Throwable CAUSE = new IllegalStateException("as told");

	final List<Long> sent = new ArrayList<>();

	final List<OutboxRecord> messages = new ArrayList<>();

	final Map<Long, OutboxRecord> inFlight = new LinkedHashMap<>();

	int mostInFlight;

	private final HandTime time;

	private final Map<Long, Supplier<CompletionStage<SendResult>>> script = new HashMap<>();

	ScriptedTransport(HandTime time) {
		this.time = time;
	}

	@Override
	public String name() {
		return "fake";
	}

	@Override
	public CompletionStage<SendResult> send(OutboxRecord message) {
		this.sent.add(message.position());
		this.messages.add(message);
		this.inFlight.put(message.position(), message);
		this.mostInFlight = Math.max(this.mostInFlight, this.inFlight.size());
		return this.script.getOrDefault(message.position(), () -> later(new SendResult.Confirmed()))
			.get()
			.whenComplete((result, failure) -> this.inFlight.remove(message.position()));
	}

	ScriptedTransport refuse(long position) {
		return answer(position, () -> later(new SendResult.Refused(CAUSE)));
	}

	ScriptedTransport lose(long position) {
		return answer(position, () -> later(new SendResult.Unavailable(CAUSE)));
	}

	ScriptedTransport confirm(long position) {
		this.script.remove(position);
		return this;
	}

	ScriptedTransport answer(long position, Supplier<CompletionStage<SendResult>> answer) {
		this.script.put(position, answer);
		return this;
	}

	CompletionStage<SendResult> later(SendResult result) {
		CompletableFuture<SendResult> answer = new CompletableFuture<>();
		this.time.after(Duration.ofMillis(1), () -> answer.complete(result));
		return answer;
	}

}
