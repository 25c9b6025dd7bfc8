// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.sli.EffectSlis;
import dev.idempotency.sli.FlowSli;
import dev.idempotency.testing.TestDatabase;
import dev.idempotency.token.InvalidTokenException;
import dev.idempotency.token.OneTimeTokens;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tokens that pay for effects.
 */
abstract class AbstractTokenEffects {

	private TestDatabase database;

	abstract TestDatabase open();

	@BeforeEach
	void openDatabase() {
		this.database = open();
	}

	@AfterEach
	void closeDatabase() {
		this.database.close();
	}

	@Test
	void oneOfManyRequestsWithTheSameTokenHasTheEffect() {
		run((context) -> {
			String token = context.getBean(Accounts.class).forgotten("anna");
			List<Boolean> successes = together(50, (number) -> {
				context.getBean(Accounts.class).reset("request-" + number, token, "secret");
				return true;
			});
			assertThat(successes).filteredOn((success) -> success).hasSize(1);
			assertThat(resets(context)).containsExactly("anna");
			assertThat(slis(context, "password-reset").tokensReused()).isEqualTo(49);
			assertThat(slis(context, "reset").completed()).isEqualTo(1);
		});
	}

	@Test
	void theSameRequestAgainIsAReplayAndNoReuse() {
		run((context) -> {
			Accounts accounts = context.getBean(Accounts.class);
			String token = accounts.forgotten("anna");
			accounts.reset("request", token, "secret");
			accounts.reset("request", token, "secret");
			assertThat(resets(context)).containsExactly("anna");
			assertThat(slis(context, "reset").duplicates()).isEqualTo(1);
			assertThat(slis(context, "password-reset").tokensReused()).isZero();
			assertThatExceptionOfType(InvalidTokenException.class)
				.isThrownBy(() -> accounts.reset("other request", token, "secret"));
			assertThat(slis(context, "password-reset").tokensReused()).isEqualTo(1);
		});
	}

	@Test
	void anEffectThatFailsLeavesTheTokenGood() {
		run((context) -> {
			Accounts accounts = context.getBean(Accounts.class);
			String token = accounts.forgotten("anna");
			assertThatIllegalStateException().isThrownBy(() -> accounts.reset("request", token, "not this"));
			accounts.reset("request", token, "secret");
			assertThat(resets(context)).containsExactly("anna");
		});
	}

	private void run(ContextConsumer<AssertableApplicationContext> consumer) {
		new ApplicationContextRunner()
			.withPropertyValues("spring.datasource.url=" + this.database.jdbcUrl(),
					"spring.datasource.username=" + this.database.username(),
					"spring.datasource.password=" + this.database.password(), "idempotency.inbox.wait-for=20s",
					"idempotency.outbox.relay.enabled=false")
			.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
					DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class,
					JdbcTemplateAutoConfiguration.class, IdempotencyAutoConfiguration.class,
					JdbcStoreAutoConfiguration.class, JsonAutoConfiguration.class, OutboxAutoConfiguration.class,
					TokenAutoConfiguration.class))
			.withUserConfiguration(Accounts.class)
			.run((context) -> {
				context.getBean(JdbcTemplate.class).execute("create table reset (account varchar(100))");
				consumer.accept(context);
			});
	}

	private static List<String> resets(AssertableApplicationContext context) {
		return context.getBean(JdbcTemplate.class).queryForList("select account from reset", String.class);
	}

	private static FlowSli slis(AssertableApplicationContext context, String flow) {
		return context.getBean(EffectSlis.class).flows().get(flow);
	}

	private static List<Boolean> together(int count, Numbered work) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(count);
		try {
			CyclicBarrier barrier = new CyclicBarrier(count);
			List<Future<Boolean>> calls = new ArrayList<>();
			for (int i = 0; i < count; i++) {
				int number = i;
				Callable<Boolean> call = () -> {
					barrier.await();
					return succeeds(work, number);
				};
				calls.add(threads.submit(call));
			}
			List<Boolean> results = new ArrayList<>();
			for (Future<Boolean> call : calls) {
				results.add(call.get(60, TimeUnit.SECONDS));
			}
			return results;
		}
		finally {
			threads.shutdownNow();
		}
	}

	private static boolean succeeds(Numbered work, int number) throws Exception {
		try {
			return work.call(number);
		}
		catch (InvalidTokenException ex) {
			return false;
		}
	}

	private interface Numbered {

		boolean call(int number) throws Exception;

	}

	static class Accounts {

		private final OneTimeTokens tokens;

		private final Passwords passwords;

		Accounts(OneTimeTokens tokens, JdbcTemplate jdbc) {
			this.tokens = tokens;
			this.passwords = new Passwords(jdbc);
		}

		@Transactional
		public String forgotten(String account) {
			return this.tokens.issue("password-reset", account, Duration.ofHours(1));
		}

		@ExactlyOnceEffect(flow = "reset", key = "#request")
		public void reset(String request, String token, String password) {
			String account = this.tokens.consume("password-reset", token);
			this.passwords.change(account, password);
		}

	}

	private record Passwords(JdbcTemplate jdbc) {

		private void change(String account, String password) {
			this.jdbc.update("insert into reset values (?)", account);
			if (password.contains(" ")) {
				throw new IllegalStateException("not this password");
			}
		}

	}

}
