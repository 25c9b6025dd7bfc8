// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.List;

import dev.idempotency.effect.Outcome;
import dev.idempotency.inbox.Claim;
import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.relay.Lease;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

class H2ModesTests {

	@ParameterizedTest
	@ValueSource(strings = { "MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE", "MODE=MySQL;DATABASE_TO_LOWER=TRUE",
			"MODE=MariaDB", "MODE=LEGACY" })
	void everyStoreWorksInTheModesOfH2(String mode) {
		DriverManagerDataSource dataSource = new DriverManagerDataSource(
				"jdbc:h2:mem:" + mode.replaceAll("\\W", "") + ";DB_CLOSE_DELAY=-1;" + mode, "sa", "");
		Dialect dialect = Dialect.of(dataSource);
		new SchemaMigration(dataSource, dialect, SchemaMode.MIGRATE).run();
		new SchemaMigration(dataSource, dialect, SchemaMode.VALIDATE).run();
		TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(dataSource));
		JdbcInbox inbox = new JdbcInbox(dataSource, dialect);
		OutboxRecord message = AbstractStoreContract.message("kafka:orders", "k", "1");
		transaction.executeWithoutResult((status) -> {
			Claim claim = inbox
				.claim(AbstractInboxFixture.call("a", null, AbstractStoreContract.LONG, AbstractStoreContract.LONG));
			new JdbcOutboxStore(dataSource, dialect).insert(message);
			assertThat(claim).isInstanceOf(Claim.Held.class);
			assertThat(((Claim.Held) claim).holds()).isTrue();
		});
		Claim again = transaction.execute((status) -> inbox
			.claim(AbstractInboxFixture.call("a", null, AbstractStoreContract.LONG, AbstractStoreContract.LONG)));
		assertThat(again).isEqualTo(new Claim.Done(Outcome.COMPLETED));
		JdbcLaneStore lanes = new JdbcLaneStore(dataSource, dialect);
		JdbcRelayStore relay = new JdbcRelayStore(dataSource, dialect, "one");
		var leases = lanes.acquire("one", List.of(message.lane()), AbstractStoreContract.LONG);
		assertThat(leases).extracting(Lease::lane).containsExactly(message.lane());
		var batch = relay.read("kafka:orders", leases, 10);
		assertThat(relay.backlog("kafka:orders", 10).depth()).isEqualTo(1);
		relay.park(leases.get(0), batch.messages().get(0), "no", true);
		assertThat(relay.parkBehind(batch, batch.messages(), "behind")).contains(batch.messages());
		JdbcParkedOutbox parked = new JdbcParkedOutbox(dataSource, dialect, (destination, lane) -> {
		});
		assertThat(parked.resume("kafka:orders", "k")).hasValue(1);
		assertThat(relay.settle(batch, List.of(batch.messages().get(0).position()))).isTrue();
		assertThat(relay.destinations()).isEmpty();
	}

}
