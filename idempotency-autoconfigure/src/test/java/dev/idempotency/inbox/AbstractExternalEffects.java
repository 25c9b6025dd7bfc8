// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import dev.idempotency.effect.CurrentEffect;
import dev.idempotency.effect.EffectBody;
import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.effect.EffectObservation;
import dev.idempotency.effect.EffectResult;
import dev.idempotency.effect.Fingerprint;
import dev.idempotency.effect.ProviderProfile;
import dev.idempotency.effect.StoredResult;
import org.jspecify.annotations.Nullable;

/**
 * One external effect over a table whose answers get lost, and whose time is moved by
 * hand.
 */
abstract class AbstractExternalEffects {

	static final EffectKey KEY = new EffectKey("payment", "orders", "42");

	static final Duration LEASE = Duration.ofSeconds(10);

	static final Duration DAY = Duration.ofDays(1);

	final ClaimTable table = new ClaimTable();

	final List<EffectEvent> events = new ArrayList<>();

	final EffectListener listener = this.events::add;

	final List<BooleanSupplier> beats = new ArrayList<>();

	final List<Duration> pauses = new ArrayList<>();

	final AtomicInteger owners = new AtomicInteger();

	final List<String> keys = new ArrayList<>();

	int runs;

	int lostAnswers;

	final ExternalEffects effects = new ExternalEffects(new Unreliable(), () -> "owner" + this.owners.incrementAndGet(),
			(every, beat) -> {
				this.beats.add(beat);
				return () -> this.beats.remove(beat);
			}, this.pauses::add, this.listener, EffectObservation.NONE, Clock.systemUTC());

	int sweep() {
		return new ClaimSweeper(this.table, this.listener, 10).sweep();
	}

	EffectResult<String> run(EffectContract contract) throws Throwable {
		return run(contract, () -> "paid");
	}

	void fail(EffectContract contract, Throwable failure) throws Throwable {
		run(contract, () -> {
			throw failure;
		});
	}

	/**
	 * The process dies in the body: nothing it does afterwards arrives.
	 */
	void die(EffectContract contract) throws Throwable {
		try {
			run(contract, () -> {
				this.lostAnswers = -1;
				throw new Died();
			});
		}
		finally {
			this.lostAnswers = 0;
		}
	}

	EffectResult<String> run(EffectContract contract, EffectBody<String> body) throws Throwable {
		return this.effects.run(call(contract, "content"), (value) -> new StoredResult("text", bytes(value)), () -> {
			this.runs++;
			CurrentEffect.get().idempotencyKey().ifPresent(this.keys::add);
			return body.run();
		});
	}

	/**
	 * Another node, whose thread is in no effect.
	 */
	String other(String result) throws Throwable {
		List<Throwable> failures = new ArrayList<>();
		Thread thread = new Thread(() -> {
			try {
				run(contractOfRow(), () -> result);
			}
			catch (Throwable ex) {
				failures.add(ex);
			}
		});
		thread.start();
		thread.join();
		if (!failures.isEmpty()) {
			throw failures.get(0);
		}
		return "mine";
	}

	EffectContract contractOfRow() {
		return this.table.find(KEY).contract();
	}

	static ExternalCall call(EffectContract contract, @Nullable String content) {
		return new ExternalCall(KEY, (content != null) ? Fingerprint.of(bytes(content)) : null, contract, settings());
	}

	static ExternalSettings settings() {
		return new ExternalSettings(LEASE, Duration.ofSeconds(1), DAY, 3, ProviderProfile.STRIPE, Set.of(),
				new ListedFailures(List.of(), List.of(IllegalArgumentException.class)), false);
	}

	static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	List<String> types() {
		return this.events.stream().map((event) -> event.getClass().getSimpleName()).toList();
	}

	static final class Died extends Error {

	}

	static final class Lost extends RuntimeException {

	}

	/**
	 * The table, whose answers get lost; where all of them do, the questions do too.
	 */
	private final class Unreliable implements ClaimStore {

		private final ClaimTable table = AbstractExternalEffects.this.table;

		private void question() {
			if (AbstractExternalEffects.this.lostAnswers < 0) {
				throw new Lost();
			}
		}

		private <T> T answer(T answer) {
			if (AbstractExternalEffects.this.lostAnswers > 0) {
				AbstractExternalEffects.this.lostAnswers--;
				throw new Lost();
			}
			return answer;
		}

		@Override
		public @Nullable StoredClaim open(ClaimRequest request) {
			question();
			return answer(this.table.open(request));
		}

		@Override
		public boolean takeOver(ClaimRequest request, StoredClaim seen) {
			question();
			return answer(this.table.takeOver(request, seen));
		}

		@Override
		public boolean renew(ClaimId id, Duration lease) {
			question();
			return answer(this.table.renew(id, lease));
		}

		@Override
		public boolean change(ClaimChange change) {
			question();
			return answer(this.table.change(change));
		}

		@Override
		public @Nullable StoredClaim find(EffectKey key) {
			question();
			return answer(this.table.find(key));
		}

		@Override
		public List<StoredClaim> abandoned(int limit) {
			question();
			return answer(this.table.abandoned(limit));
		}

	}

}
