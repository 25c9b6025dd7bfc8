// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import dev.idempotency.effect.DuplicateEffectException;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectTemplate;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.effect.Outcome;
import dev.idempotency.effect.ResultException;
import dev.idempotency.effect.ResultType;
import dev.idempotency.jdbc.Dialect;
import dev.idempotency.jdbc.InboxPurge;
import dev.idempotency.testing.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Results of annotated methods, whatever the database.
 */
abstract class AbstractResultsOnSql {

	private TestDatabase database;

	private AnnotationConfigApplicationContext context;

	Orders orders;

	private JdbcTemplate jdbc;

	abstract TestDatabase open();

	@BeforeEach
	void start() {
		this.database = open();
		this.context = EffectApplication.start(this.database, SqlStore.class, Orders.class);
		this.orders = this.context.getBean(Orders.class);
		this.jdbc = this.context.getBean(JdbcTemplate.class);
	}

	@AfterEach
	void stop() {
		this.context.close();
		this.database.close();
	}

	TransactionTemplate transaction() {
		return new TransactionTemplate(this.context.getBean(PlatformTransactionManager.class));
	}

	List<String> entries() {
		return this.context.getBean(Ledger.class).entries();
	}

	private int rows(String table) {
		return this.jdbc.queryForObject("select count(*) from " + table, Integer.class);
	}

	@Test
	void repeatedCallGetsTheResultOfTheFirst() {
		Receipt first = this.orders.charge("42", BigDecimal.TEN);
		assertThat(this.orders.charge("42", BigDecimal.TEN)).isEqualTo(first);
		assertThat(this.orders.chargeAll("43")).isEqualTo(this.orders.chargeAll("43")).hasSize(2);
		assertThat(entries()).containsExactly("42", "43");
		assertThat(this.context.getBean(Events.class).of(EffectEvent.Duplicate.class)).hasSize(2);
	}

	@Test
	void nullIsAResultToo() {
		assertThat(this.orders.returnNull("42")).isNull();
		assertThat(this.orders.returnNull("42")).isNull();
		assertThat(entries()).containsExactly("42");
	}

	@Test
	void methodWithoutAResultStoresNone() {
		this.orders.touch("42");
		this.orders.touch("42");
		assertThat(entries()).containsExactly("42");
		assertThat(rows("idempotency_inbox")).isEqualTo(1);
		assertThat(rows("idempotency_result")).isZero();
	}

	@Test
	void resultThatCannotBeStoredRollsTheEffectBack() {
		for (String id : List.of("large", "unwritable")) {
			assertThatExceptionOfType(ResultException.class).isThrownBy(() -> this.orders.bad(id))
				.withMessageContaining("consumer=bad")
				.withMessageContaining("rolled back");
		}
		assertThat(entries()).isEmpty();
		assertThat(rows("idempotency_inbox")).isZero();
		assertThat(this.orders.bad("good")).isEqualTo("good");
	}

	@Test
	void resultThatTheDatabaseRefusesRollsTheEffectBackWhateverTheRollbackRulesSay() {
		this.jdbc.execute("alter table idempotency_result add column refuses integer not null");
		assertThatExceptionOfType(ResultException.class).isThrownBy(() -> this.orders.neverRollsBack("42"));
		assertThat(entries()).isEmpty();
		assertThat(rows("idempotency_inbox")).isZero();
	}

	@Test
	void resultThatCannotBeReadIsAnErrorAndTheEffectIsNotRunAgain() {
		this.orders.charge("42", BigDecimal.TEN);
		for (String change : List.of("body = '[]'", "codec = 'unknown'", "body = null")) {
			this.jdbc.update("update idempotency_result set " + change);
			assertThatExceptionOfType(ResultException.class).isThrownBy(() -> this.orders.charge("42", BigDecimal.TEN));
		}
		assertThat(entries()).containsExactly("42");
	}

	@Test
	void resultThatIsGoneIsAnErrorThatSaysWhyAndTheEffectIsNotRunAgain() {
		this.orders.charge("42", BigDecimal.TEN);
		this.jdbc.update("delete from idempotency_result");
		assertThatExceptionOfType(DuplicateEffectException.class)
			.isThrownBy(() -> this.orders.charge("42", BigDecimal.TEN))
			.withMessageContaining("no result of it is stored")
			.satisfies((ex) -> assertThat(ex.outcome()).isEqualTo(Outcome.COMPLETED));
		assertThat(entries()).containsExactly("42");
	}

	@Test
	void resultLeftBehindByARemovedClaimIsReplaced() {
		this.orders.charge("42", BigDecimal.TEN);
		this.jdbc.update("delete from idempotency_inbox");
		Receipt second = this.orders.charge("42", BigDecimal.ONE);
		assertThat(this.orders.charge("42", BigDecimal.ONE)).isEqualTo(second);
		assertThat(second.amount()).isEqualByComparingTo(BigDecimal.ONE);
	}

	@Test
	void rejectedEffectHasNoResult() {
		assertThatIllegalStateException().isThrownBy(() -> this.orders.reject("42"));
		assertThatExceptionOfType(DuplicateEffectException.class).isThrownBy(() -> this.orders.reject("42"))
			.satisfies((ex) -> assertThat(ex.outcome()).isEqualTo(Outcome.REJECTED));
		assertThat(entries()).containsExactly("42");
	}

	@Test
	void resultSharesTheFateOfTheOutermostTransaction() {
		transaction().executeWithoutResult((status) -> {
			this.orders.charge("42", BigDecimal.TEN);
			assertThat(this.orders.charge("42", BigDecimal.TEN).amount()).isEqualByComparingTo(BigDecimal.TEN);
			status.setRollbackOnly();
		});
		assertThat(rows("idempotency_result")).isZero();
		assertThat(this.orders.charge("42", BigDecimal.ONE).amount()).isEqualByComparingTo(BigDecimal.ONE);
	}

	@Test
	void templateReturnsTheResultOfTheFirstCall() {
		EffectTemplate template = this.context.getBean(EffectTemplate.class);
		ResultType<List<Receipt>> type = new ResultType<>() {
		};
		List<Receipt> first = template.call("template", "42", null, type, () -> this.orders.chargeAll("42"));
		assertThat(template.call("template", "42", null, type, () -> List.<Receipt>of())).isEqualTo(first).hasSize(2);
		template.execute("template", "43", null, () -> "not stored");
		assertThatExceptionOfType(DuplicateEffectException.class)
			.isThrownBy(() -> template.call("template", "43", null, ResultType.of(String.class), () -> "x"));
		assertThat(entries()).containsExactly("42");
	}

	@Test
	void manyCallersOfOneKeyGetOneResult() throws Exception {
		int count = 8;
		ExecutorService threads = Executors.newFixedThreadPool(count);
		try {
			List<Future<Receipt>> calls = new ArrayList<>();
			for (int i = 0; i < count; i++) {
				calls.add(threads.submit(() -> this.orders.charge("42", BigDecimal.TEN)));
			}
			Receipt first = this.orders.charge("42", BigDecimal.TEN);
			for (Future<Receipt> call : calls) {
				assertThat(call.get(20, TimeUnit.SECONDS)).isEqualTo(first);
			}
			assertThat(entries()).containsExactly("42");
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void resultIsPurgedWithItsClaimAndNotBefore() {
		this.orders.charge("old", BigDecimal.TEN);
		this.jdbc.update("update idempotency_inbox set expires_at = completed_at");
		this.jdbc
			.update("update idempotency_result set expires_at = (select max(completed_at) from idempotency_inbox)");
		this.orders.charge("young", BigDecimal.TEN);
		DataSource dataSource = this.context.getBean(DataSource.class);
		Duration keep = Duration.ofDays(1);
		assertThat(new InboxPurge(dataSource, Dialect.of(dataSource), 10).purge(keep, keep).inbox()).isEqualTo(1);
		assertThat(rows("idempotency_inbox")).isEqualTo(1);
		assertThat(rows("idempotency_result")).isEqualTo(1);
		assertThat(this.orders.charge("young", BigDecimal.TEN).id()).isEqualTo("young");
	}

	@Test
	void resultExpiresAtTheSameMomentAsItsClaim() {
		this.orders.charge("42", BigDecimal.TEN);
		assertThat(this.jdbc.queryForObject("select count(*) from idempotency_inbox i join idempotency_result r "
				+ "on i.key_hash = r.key_hash and i.expires_at = r.expires_at", Integer.class))
			.isEqualTo(1);
	}

	record Receipt(String id, BigDecimal amount, long number) {
	}

	record Unwritable() {

		public String getValue() {
			throw new IllegalStateException("no session");
		}

	}

	static class Orders {

		private final Ledger ledger;

		Orders(Ledger ledger) {
			this.ledger = ledger;
		}

		@Transactional
		@ExactlyOnceEffect(flow = "charging", key = "#id")
		public Receipt charge(String id, BigDecimal amount) {
			this.ledger.add(id);
			return new Receipt(id, amount, System.nanoTime());
		}

		@ExactlyOnceEffect(flow = "charging-all", key = "#id")
		public List<Receipt> chargeAll(String id) {
			this.ledger.add(id);
			return List.of(new Receipt(id, BigDecimal.ONE, System.nanoTime()), new Receipt(id, BigDecimal.TEN, 1));
		}

		@ExactlyOnceEffect(flow = "nothing", key = "#id")
		public String returnNull(String id) {
			this.ledger.add(id);
			return null;
		}

		@ExactlyOnceEffect(flow = "touching", key = "#id")
		public void touch(String id) {
			this.ledger.add(id);
		}

		@ExactlyOnceEffect(flow = "bad", key = "#id")
		public Object bad(String id) {
			this.ledger.add(id);
			return switch (id) {
				case "large" -> "x".repeat(1000);
				case "unwritable" -> new Unwritable();
				default -> id;
			};
		}

		@Transactional(noRollbackFor = Throwable.class)
		@ExactlyOnceEffect(flow = "never", key = "#id")
		public String neverRollsBack(String id) {
			this.ledger.add(id);
			return id;
		}

		@Transactional(noRollbackFor = IllegalStateException.class)
		@ExactlyOnceEffect(flow = "rejecting", key = "#id")
		public String reject(String id) {
			this.ledger.add(id);
			throw new IllegalStateException("no");
		}

	}

}
