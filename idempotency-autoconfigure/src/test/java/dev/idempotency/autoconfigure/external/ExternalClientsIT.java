// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.external;

import java.net.URI;

import dev.idempotency.autoconfigure.external.ExternalApplication.Application;
import dev.idempotency.autoconfigure.external.ExternalApplication.Payments;
import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectInDoubtException;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.effect.InvalidIdentityException;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.inbox.InDoubtEffects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the provider gets to see of the key, and what its answers mean.
 */
class ExternalClientsIT extends AbstractExternalEffects {

	@Test
	void theKeyGoesToTheHostsOfTheFlowOnly() {
		run((context) -> {
			context.getBean(Application.class).uri = URI
				.create("http://127.0.0.1:" + this.provider.port() + "/charges");
			context.getBean(Payments.class).charge("a");
			assertThat(this.provider.keys()).containsExactly("null");
		});
	}

	@Test
	void anotherKeyIsRefusedBeforeItIsSent() {
		run((context) -> {
			assertThatExceptionOfType(InvalidIdentityException.class)
				.isThrownBy(() -> context.getBean(Payments.class).chargeUnder("a", "mine"));
			assertThat(this.provider.keys()).isEmpty();
		});
	}

	@Test
	void restTemplateAndWebClientSendItToo() {
		run((context) -> {
			context.getBean(Payments.class).chargeByRestTemplate("a");
			context.getBean(Payments.class).chargeByWebClient("b");
			context.getBean(Application.class).restTemplate.postForObject(this.provider.uri(), "outside", String.class);
			assertThat(this.provider.keys()).hasSize(3).doesNotHaveDuplicates();
			assertThat(this.provider.keys().get(2)).isEqualTo("null");
			assertThat(this.provider.keys().subList(0, 2)).doesNotContain("null");
		});
	}

	@Test
	void aRetryOfWebClientOnAnotherThreadSendsTheSameKey() {
		run((context) -> {
			this.provider.answer(ChargingProvider.Answer.CUT);
			context.getBean(Application.class).beforeRetry = () -> this.provider
				.answer(ChargingProvider.Answer.AT_ONCE);
			context.getBean(Payments.class).chargeByRetry("a");
			assertThat(this.provider.keys()).hasSizeGreaterThanOrEqualTo(2)
				.doesNotContain("null")
				.allMatch(this.provider.keys().get(0)::equals);
			assertThat(this.provider.charges()).isOne();
		});
	}

	@Test
	void whatWebClientSendsOnAnotherThreadCountsAsSeen() {
		run((context) -> {
			assertThatExceptionOfType(EffectInDoubtException.class)
				.isThrownBy(() -> context.getBean(Payments.class).mailOnAnotherThread("a"));
			assertThat(this.provider.keys()).hasSize(1);
		});
	}

	@Test
	void whoSendsAKeyMustSayToWhom() {
		this.runner.withUserConfiguration(Unnamed.class)
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.isInstanceOf(ContradictionException.class)
				.hasMessageContaining("idempotency.flows.unnamed.external.provider"));
	}

	@Test
	void anUnknownProviderStopsTheStart() {
		this.runner.withPropertyValues("idempotency.flows.mail.external.provider=acme")
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("provider 'acme'"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "api.example:443", "https://api.example", "api.example/v1" })
	void whatIsNoNameOfAHostStopsTheStart(String host) {
		this.runner.withPropertyValues("idempotency.flows.payment.external.hosts=" + host)
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("'" + host + "'"));
	}

	@Test
	void aProviderCanBeDescribed() {
		this.runner
			.withPropertyValues("idempotency.flows.payment.external.provider=acme",
					"idempotency.external.providers.acme.header=Idempotency-Key",
					"idempotency.external.providers.acme.max-length=24",
					"idempotency.external.providers.acme.charset=alphanumeric",
					"idempotency.external.providers.acme.retention=6h")
			.run((context) -> {
				context.getBean(JdbcTemplate.class).update("DELETE FROM idempotency_claim");
				context.getBean(Application.class).uri = this.provider.uri();
				context.getBean(Payments.class).charge("a");
				assertThat(this.provider.keys()).singleElement().asString().matches("[0-9a-f]{24}");
			});
	}

	@Test
	void anErrorTheProviderStoresIsInDoubtAtOnce() {
		run((context) -> {
			Payments payments = context.getBean(Payments.class);
			this.provider.answer(ChargingProvider.Answer.ERROR);
			assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> payments.charge("a"));
			assertThatExceptionOfType(EffectInDoubtException.class)
				.isThrownBy(() -> payments.chargeByRestTemplate("b"));
			assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> payments.chargeByWebClient("c"));
			assertThat(this.provider.keys()).hasSize(3);
			assertThat(context.getBean(InDoubtEffects.class).oldest(10)).hasSize(3)
				.allSatisfy((effect) -> assertThat(effect.reason()).contains("The provider answered 500"));
		}, "idempotency.flows.by-rest-template.external.provider=stripe",
				"idempotency.flows.by-web-client.external.provider=stripe");
	}

	@Test
	void anErrorTheProviderForgetsIsRepeatedAsOftenAsAllowed() {
		run((context) -> {
			Payments payments = context.getBean(Payments.class);
			this.provider.answer(ChargingProvider.Answer.ERROR);
			for (int i = 0; i < 5; i++) {
				assertThat(failure(() -> payments.charge("a"))).isNotNull();
			}
			assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> payments.charge("a"));
			assertThat(this.provider.keys()).hasSize(3);
		}, "idempotency.flows.payment.external.provider=generic");
	}

	@Configuration(proxyBeanMethods = false)
	static class Unnamed {

		@Bean
		Nameless nameless() {
			return new Nameless();
		}

	}

	static class Nameless {

		@ExactlyOnceEffect(flow = "unnamed", key = "#id", contract = EffectContract.EXTERNAL_WITH_KEY)
		public void charge(String id) {
		}

	}

}
