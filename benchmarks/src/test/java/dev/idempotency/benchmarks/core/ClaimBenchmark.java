// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks.core;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.effect.EffectObservation;
import dev.idempotency.effect.EffectResult;
import dev.idempotency.effect.Outcome;
import dev.idempotency.inbox.Claim;
import dev.idempotency.inbox.LocalEffects;
import dev.idempotency.inbox.UnitOfWork;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * The protocol around a claim, without a database.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ClaimBenchmark {

	private static final Claim.Held HELD = new Claim.Held() {
		@Override
		public void reject() {
		}

		@Override
		public boolean holds() {
			return true;
		}
	};

	private final EffectCall call = new EffectCall(new EffectKey("payments", "/benchmarks", "1"), null,
			new EffectCall.Settings(Duration.ofSeconds(5), Duration.ofDays(15)));

	private final UnitOfWork unit = new Immediate();

	private final LocalEffects fresh = effects(HELD);

	private final LocalEffects repeated = effects(new Claim.Done(Outcome.COMPLETED));

	private static LocalEffects effects(Claim claim) {
		return new LocalEffects((call) -> claim, EffectListener.NO_OP, EffectObservation.NONE, Clock.systemUTC());
	}

	@Benchmark
	public EffectResult<String> applied() throws Throwable {
		return this.fresh.run(this.call, this.unit, () -> "applied");
	}

	@Benchmark
	public EffectResult<String> duplicate() throws Throwable {
		return this.repeated.run(this.call, this.unit, () -> "never");
	}

	/**
	 * Commits by doing nothing.
	 */
	private static final class Immediate implements UnitOfWork, UnitOfWork.Transaction {

		private @Nullable CompletionListener listener;

		@Override
		public <T extends @Nullable Object> T execute(Work<T> work) throws Throwable {
			T result = work.run(this);
			if (this.listener != null) {
				this.listener.completed(Completion.COMMITTED);
				this.listener = null;
			}
			return result;
		}

		@Override
		public boolean commitsOn(Throwable failure) {
			return false;
		}

		@Override
		public void afterCompletion(CompletionListener listener) {
			this.listener = listener;
		}

	}

}
