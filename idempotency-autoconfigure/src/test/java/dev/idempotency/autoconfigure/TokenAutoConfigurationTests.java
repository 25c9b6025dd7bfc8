// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.time.Duration;

import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.token.CheckedCode;
import dev.idempotency.token.InvalidTokenException;
import dev.idempotency.token.OneTimeCodes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class TokenAutoConfigurationTests {

	private static final String KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withPropertyValues("spring.datasource.generate-unique-name=true", "idempotency.outbox.relay.enabled=false")
		.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
				DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class,
				JdbcTemplateAutoConfiguration.class, IdempotencyAutoConfiguration.class,
				JdbcStoreAutoConfiguration.class, JsonAutoConfiguration.class, OutboxAutoConfiguration.class,
				TokenAutoConfiguration.class))
		.withUserConfiguration(Payments.class, Desk.class);

	@Test
	void aCodePaysForOneEffect() {
		this.runner.withPropertyValues("idempotency.tokens.codes.keys=" + KEY, "idempotency.tokens.codes.digits=8")
			.run((context) -> {
				context.getBean(JdbcTemplate.class).execute("create table payment (account varchar(100))");
				String code = context.getBean(Payments.class).ask("anna");
				assertThat(code).hasSize(8);
				Desk desk = context.getBean(Desk.class);
				desk.pay("request", "anna", code);
				desk.pay("request", "anna", code);
				assertThatExceptionOfType(InvalidTokenException.class)
					.isThrownBy(() -> desk.pay("other request", "anna", code));
				assertThat(context.getBean(JdbcTemplate.class)
					.queryForObject("select count(*) from payment", Integer.class)).isEqualTo(1);
			});
	}

	@Test
	void withoutAKeyNoCodeIsIssued() {
		this.runner.run((context) -> assertThatIllegalStateException()
			.isThrownBy(() -> context.getBean(Payments.class).ask("anna"))
			.withMessageContaining("idempotency.tokens.codes.keys"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "keys=c2hvcnQ=", "keys=not base64!", "digits=5", "digits=13", "max-attempts=0" })
	void wrongSettingsStopTheStart(String setting) {
		this.runner.withPropertyValues("idempotency.tokens.codes." + setting)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(ContradictionException.class)
				.hasMessageContaining("idempotency.tokens.codes." + setting.substring(0, setting.indexOf('=')))
				.hasMessageNotContaining("c2hvcnQ")
				.hasMessageNotContaining("not base64!"));
	}

	@Test
	void tokensPastTheirRetentionAreRemoved() {
		this.runner
			.withPropertyValues("idempotency.tokens.retention=0s", "idempotency.tokens.codes.keys=" + KEY,
					"idempotency.inbox.purge.interval=0")
			.run((context) -> {
				context.getBean(Payments.class).ask("anna");
				JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
				BackgroundLoop purge = context.getBean("idempotencyTokenPurge", BackgroundLoop.class);
				purge.run();
				assertThat(jdbc.queryForObject("select count(*) from idempotency_token", Integer.class)).isEqualTo(1);
				jdbc.update("update idempotency_token set expires_at = timestamp '2026-01-01 00:00:00'");
				purge.run();
				assertThat(jdbc.queryForObject("select count(*) from idempotency_token", Integer.class)).isZero();
			});
	}

	static class Payments {

		private final OneTimeCodes codes;

		private final JdbcTemplate jdbc;

		Payments(OneTimeCodes codes, JdbcTemplate jdbc) {
			this.codes = codes;
			this.jdbc = jdbc;
		}

		@Transactional
		public String ask(String account) {
			return this.codes.issue("payment", account, Duration.ofMinutes(5));
		}

		@ExactlyOnceEffect(flow = "payment", key = "#request")
		public void pay(String request, CheckedCode code) {
			this.codes.consume(code);
			this.jdbc.update("insert into payment values (?)", code.subject());
		}

	}

	static class Desk {

		private final OneTimeCodes codes;

		private final Payments payments;

		Desk(OneTimeCodes codes, Payments payments) {
			this.codes = codes;
			this.payments = payments;
		}

		void pay(String request, String account, String code) {
			CheckedCode checked = this.codes.check("payment", account, code);
			this.payments.pay(request, checked);
		}

	}

}
