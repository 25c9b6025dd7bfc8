// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.concurrent.CompletableFuture;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.flow.Contradiction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;

class ExternalRuleTests {

	@Test
	void aTransactionAroundTheOutsideWorldIsRefused() {
		assertThat(Violations.of(Joined.class)).extracting(Contradiction::found)
			.containsExactly("contract = EXTERNAL_AT_MOST_ONCE and @Transactional");
	}

	@Test
	void aTransactionOfTheClassIsRefusedUnlessTheMethodDeclinesIt() {
		assertThat(Violations.of(OfTheClass.class)).extracting(Contradiction::where)
			.singleElement()
			.asString()
			.contains("joined");
	}

	@Test
	void aResultThatComesLaterIsRefused() {
		assertThat(Violations.of(Late.class)).extracting(Contradiction::needed)
			.containsExactly("a method that has done its work when it returns, because its outcome is stored then");
	}

	@ParameterizedTest
	@CsvSource({ "true, 1", "'', 1", "false, 0" })
	@ResourceLock(Resources.SYSTEM_PROPERTIES)
	void aClientOfTheJdkThatWasToldToRepeatIsRefused(String value, int contradictions) {
		System.setProperty("jdk.httpclient.enableAllMethodRetry", value);
		try {
			assertThat(Violations.of(Once.class)).hasSize(contradictions)
				.allMatch((contradiction) -> contradiction.found().contains("enableAllMethodRetry"));
		}
		finally {
			System.clearProperty("jdk.httpclient.enableAllMethodRetry");
		}
		assertThat(Violations.of(Once.class)).isEmpty();
	}

	static class Once {

		@ExactlyOnceEffect(flow = "a", key = "#p0", contract = EffectContract.EXTERNAL_AT_MOST_ONCE)
		public void mail(String id) {
		}

	}

	static class Joined {

		@Transactional
		@ExactlyOnceEffect(flow = "a", key = "#p0", contract = EffectContract.EXTERNAL_AT_MOST_ONCE)
		public void mail(String id) {
		}

	}

	@Transactional
	static class OfTheClass {

		@ExactlyOnceEffect(flow = "a", key = "#p0", contract = EffectContract.EXTERNAL_AT_MOST_ONCE)
		public void joined(String id) {
		}

		@Transactional(propagation = Propagation.NOT_SUPPORTED)
		@ExactlyOnceEffect(flow = "b", key = "#p0", contract = EffectContract.EXTERNAL_AT_MOST_ONCE)
		public void declined(String id) {
		}

	}

	static class Late {

		@ExactlyOnceEffect(flow = "a", key = "#p0", contract = EffectContract.EXTERNAL_AT_MOST_ONCE)
		public CompletableFuture<String> mail(String id) {
			return CompletableFuture.completedFuture(id);
		}

	}

}
