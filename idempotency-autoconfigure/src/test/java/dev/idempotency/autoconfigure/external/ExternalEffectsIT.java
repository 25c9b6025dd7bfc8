// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.external;

import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.idempotency.autoconfigure.external.ExternalApplication.Application;
import dev.idempotency.autoconfigure.external.ExternalApplication.Declined;
import dev.idempotency.autoconfigure.external.ExternalApplication.Payments;
import dev.idempotency.autoconfigure.external.ExternalApplication.Receipt;
import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectInDoubtException;
import dev.idempotency.effect.EffectInProgressException;
import dev.idempotency.effect.EffectTemplate;
import dev.idempotency.effect.Resolution;
import dev.idempotency.effect.UnprotectedEffectException;
import dev.idempotency.inbox.InDoubtEffects;
import dev.idempotency.testing.FaultyDataSource;
import dev.idempotency.testing.JdbcEvent;
import dev.idempotency.testing.JdbcFault;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.client.ResourceAccessException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What becomes of an effect whose provider, connection or database fails.
 */
@ExtendWith(OutputCaptureExtension.class)
class ExternalEffectsIT extends AbstractExternalEffects {

	@Test
	void anAnswerThatIsLostIsAskedForUnderTheSameKeyAndChargesOnce() {
		run((context) -> {
			Payments payments = context.getBean(Payments.class);
			this.provider.answer(ChargingProvider.Answer.CUT);
			assertThatExceptionOfType(ResourceAccessException.class).isThrownBy(() -> payments.charge("a"));
			this.provider.answer(ChargingProvider.Answer.AT_ONCE);
			Receipt receipt = payments.charge("a");
			assertThat(payments.charge("a")).isEqualTo(receipt).isEqualTo(new Receipt("charge-0-a"));
			assertThat(this.provider.keys()).hasSize(2)
				.allMatch(this.provider.keys().get(0)::equals)
				.allMatch((key) -> key.matches("[0-9a-f-]{36}"));
			assertThat(this.provider.charges()).isOne();
		});
	}

	@Test
	void aReadTimeoutAfterTheChargeRepeatsSafely() {
		run((context) -> {
			this.provider.answer(ChargingProvider.Answer.NEVER);
			assertThatExceptionOfType(ResourceAccessException.class)
				.isThrownBy(() -> context.getBean(Payments.class).charge("a"));
			this.provider.answer(ChargingProvider.Answer.AT_ONCE);
			context.getBean(Payments.class).charge("a");
			assertThat(this.provider.charges()).isOne();
		});
	}

	@Test
	void aLostAnswerToARequestThatDidNotCarryTheKeyIsParkedAsDoubt() {
		run((context) -> {
			Payments payments = context.getBean(Payments.class);
			this.provider.answer(ChargingProvider.Answer.CUT);
			assertThatExceptionOfType(EffectInDoubtException.class)
				.isThrownBy(() -> payments.chargeByAnotherClient("a"));
			this.provider.answer(ChargingProvider.Answer.AT_ONCE);
			assertThatExceptionOfType(EffectInDoubtException.class)
				.isThrownBy(() -> payments.chargeByAnotherClient("a"));
			assertThat(this.provider.keys()).containsExactly("null");
			assertThat(context.getBean(InDoubtEffects.class).oldest(10)).singleElement()
				.satisfies((effect) -> assertThat(effect.reason()).contains("No request carried the key"));
		});
	}

	@Test
	void whatCompletesWithoutItsKeyIsWarnedAboutOnce(CapturedOutput output) {
		run((context) -> {
			Payments payments = context.getBean(Payments.class);
			payments.charge("a");
			assertThat(output).doesNotContain("whose key nobody sent or read");
			payments.chargeByAnotherClient("a");
			payments.chargeByAnotherClient("b");
			assertThat(output).containsOnlyOnce("Flow by-another-client completed an effect whose key nobody sent");
		});
	}

	@Test
	void withoutAKeyALostAnswerIsParkedAsDoubt() {
		run((context) -> {
			Payments payments = context.getBean(Payments.class);
			this.provider.answer(ChargingProvider.Answer.CUT);
			assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> payments.mail("a"));
			this.provider.answer(ChargingProvider.Answer.AT_ONCE);
			assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> payments.mail("a"));
			assertThat(this.provider.keys()).containsExactly("null");
			assertThat(context.getBean(InDoubtEffects.class).oldest(10)).singleElement()
				.satisfies((effect) -> assertThat(effect.key().id()).isEqualTo("a"));
		});
	}

	@Test
	void aConnectionThatWasRefusedMayBeTriedAgainUnderBothContracts() {
		run((context) -> {
			Payments payments = context.getBean(Payments.class);
			int port = this.provider.port();
			this.provider.close();
			assertThatExceptionOfType(ResourceAccessException.class).isThrownBy(() -> payments.charge("a"))
				.withCauseInstanceOf(ConnectException.class);
			assertThatExceptionOfType(ResourceAccessException.class).isThrownBy(() -> payments.mail("a"));
			this.provider = new ChargingProvider(port);
			payments.charge("a");
			payments.mail("a");
			assertThat(this.provider.charges()).isEqualTo(2);
		});
	}

	@Test
	void aNoIsANoForEver() {
		run((context) -> {
			Payments payments = context.getBean(Payments.class);
			assertThatExceptionOfType(Declined.class).isThrownBy(() -> payments.decline("a"));
			payments.decline("a");
			assertThat(context.getBean(Application.class).events)
				.anyMatch((event) -> event instanceof EffectEvent.Duplicate);
		});
	}

	@Test
	void insideATransactionItIsRefused() {
		run((context) -> {
			TransactionTemplate transaction = new TransactionTemplate(
					context.getBean(PlatformTransactionManager.class));
			assertThatExceptionOfType(UnprotectedEffectException.class)
				.isThrownBy(
						() -> transaction.executeWithoutResult((status) -> context.getBean(Payments.class).mail("a")))
				.withMessageContaining("idempotency.flows.mail.external.allow-in-transaction=true");
			assertThat(this.provider.keys()).isEmpty();
		});
	}

	@Test
	void whereATransactionIsAllowedItsRollbackLeavesTheEffectCompletedAndSaysSo() {
		this.runner.withPropertyValues("idempotency.flows.mail.external.allow-in-transaction=true").run((context) -> {
			context.getBean(JdbcTemplate.class).update("DELETE FROM idempotency_claim");
			Application application = context.getBean(Application.class);
			application.uri = this.provider.uri();
			new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
				.executeWithoutResult((status) -> {
					context.getBean(Payments.class).mail("a");
					status.setRollbackOnly();
				});
			context.getBean(Payments.class).mail("a");
			assertThat(this.provider.keys()).hasSize(1);
			assertThat(application.events).filteredOn(EffectEvent.OutlivedRollback.class::isInstance).hasSize(1);
		});
	}

	@Test
	void anOutcomeThatCannotBeStoredAtOnceIsStoredLater() {
		run((context) -> {
			FaultyDataSource database = context.getBean(FaultyDataSource.class);
			database.before(JdbcEvent.statement("SET status = \\?"), JdbcFault.connectionLost().times(1));
			database.after(JdbcEvent.statement("SET status = \\?"), JdbcFault.connectionLost().times(1));
			context.getBean(Payments.class).mail("a");
			context.getBean(Payments.class).mail("a");
			assertThat(this.provider.keys()).hasSize(1);
		});
	}

	@Test
	void anOutcomeThatCannotBeStoredAtAllNeverLeadsToASecondCall() {
		run((context) -> {
			FaultyDataSource database = context.getBean(FaultyDataSource.class);
			Payments payments = context.getBean(Payments.class);
			database.before(JdbcEvent.statement("SET status = \\?"), JdbcFault.connectionLost());
			assertThat(failure(() -> payments.mail("a"))).isNotNull();
			database.heal();
			Awaitility.await()
				.untilAsserted(() -> assertThatExceptionOfType(EffectInDoubtException.class)
					.isThrownBy(() -> payments.mail("a")));
			assertThat(this.provider.keys()).hasSize(1);
		});
	}

	@Test
	void aStoreThatIsAwayRefusesTheCall() {
		run((context) -> {
			context.getBean(FaultyDataSource.class)
				.before(JdbcEvent.statement("INSERT INTO idempotency_claim"), JdbcFault.connectionLost());
			assertThat(failure(() -> context.getBean(Payments.class).mail("a"))).isNotNull();
			assertThat(this.provider.keys()).isEmpty();
		});
	}

	@Test
	void theTemplateKeepsTheSamePromise() {
		run((context) -> {
			EffectTemplate template = context.getBean(EffectTemplate.class);
			assertThatExceptionOfType(EffectInDoubtException.class)
				.isThrownBy(() -> template.execute(EffectContract.EXTERNAL_AT_MOST_ONCE, "sms", "a", null, () -> {
					throw new IOException("unclear");
				}));
			assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> template
				.execute(EffectContract.EXTERNAL_AT_MOST_ONCE, "sms", "a", null, () -> "never called"));
		});
	}

	@Test
	void aReconcilerLeadsOutOfDoubt() {
		run((context) -> {
			this.provider.answer(ChargingProvider.Answer.CUT);
			assertThatExceptionOfType(EffectInDoubtException.class)
				.isThrownBy(() -> context.getBean(Payments.class).letter("a"));
			Awaitility.await().until(() -> context.getBean(InDoubtEffects.class).oldest(10).isEmpty());
			context.getBean(Payments.class).letter("a");
			assertThat(this.provider.keys()).hasSize(1);
			assertThat(context.getBean(Application.class).events).filteredOn(EffectEvent.Resolved.class::isInstance)
				.singleElement()
				.matches((event) -> ((EffectEvent.Resolved) event).how() == Resolution.HAPPENED);
		});
	}

	@Test
	void aConcurrentCallIsInProgress() {
		run((context) -> {
			Payments payments = context.getBean(Payments.class);
			List<Throwable> failures = new CopyOnWriteArrayList<>();
			context.getBean(Application.class).inside = () -> failures
				.add(CompletableFuture.supplyAsync(() -> failure(() -> payments.slow("a"))).join());
			payments.slow("a");
			assertThat(failures).singleElement().isInstanceOf(EffectInProgressException.class);
		});
	}

}
