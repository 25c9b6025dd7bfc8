// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks.core;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.Fingerprint;
import dev.idempotency.json.JsonFingerprinter;
import dev.idempotency.outbox.Lanes;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import tools.jackson.databind.json.JsonMapper;

/**
 * What identity costs per message.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class IdentityBenchmark {

	private final JsonFingerprinter fingerprinter = new JsonFingerprinter(JsonMapper.builder().build());

	private final String id = "0d7c3f0e-8f1c-4a64-9a53-2f8a3d2f9b11";

	private final byte[] payload = """
			{"paymentId":"0d7c3f0e-8f1c-4a64-9a53-2f8a3d2f9b11","debtor":"DE02120300000000202051",\
			"creditor":"DE02500105170137075030","amount":1234.56,"currency":"EUR","remark":"%s"}"""
		.formatted("Invoice settled by standing order. ".repeat(9))
		.getBytes(StandardCharsets.UTF_8);

	@Benchmark
	public byte[] keyHash() {
		return new EffectKey("payments", "/benchmarks", this.id).hash();
	}

	@Benchmark
	public String messageId() {
		return new EffectKey("payments", "/benchmarks", this.id).messageId(0);
	}

	@Benchmark
	public int lane() {
		return Lanes.of(this.id, this.id);
	}

	@Benchmark
	public @Nullable Fingerprint fingerprint() {
		return this.fingerprinter.fingerprint(this.payload);
	}

}
