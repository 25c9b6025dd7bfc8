// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.testing.TcpProxy;
import dev.idempotency.testing.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * The network to the database breaks while it commits.
 */
abstract class AbstractCutCommits {

	private final TestDatabase database = open();

	private final URI server = URI.create(this.database.jdbcUrl().substring("jdbc:".length()));

	private final TcpProxy network = TcpProxy.to(this.server.getHost(), this.server.getPort());

	private final AnnotationConfigApplicationContext context = EffectApplication.start(behindTheProxy(), SqlStore.class,
			Orders.class);

	private final Orders orders = this.context.getBean(Orders.class);

	private final Events events = this.context.getBean(Events.class);

	abstract TestDatabase open();

	@AfterEach
	void close() {
		this.context.close();
		this.network.close();
		this.database.close();
	}

	@Test
	void commitWhoseAnswerIsLostIsFoundByTheNextCall() throws Exception {
		CompletableFuture<Void> cut = this.network.cutAfter("COMMIT");
		assertThat(catchThrowable(() -> this.orders.place("42"))).isNotNull();
		cut.get(10, TimeUnit.SECONDS);
		assertThat(this.events.of(EffectEvent.CommitUnknown.class)).hasSize(1);
		assertThat(this.orders.place("42")).isEqualTo("place 1");
		assertThat(this.context.getBean(Ledger.class).entries()).containsExactly("42");
		assertThat(this.events.of(EffectEvent.Duplicate.class)).hasSize(1);
	}

	@Test
	void commitThatNeverArrivedIsRunByTheNextCall() throws Exception {
		CompletableFuture<Void> cut = this.network.cutBefore("COMMIT");
		assertThat(catchThrowable(() -> this.orders.place("42"))).isNotNull();
		cut.get(10, TimeUnit.SECONDS);
		assertThat(this.events.of(EffectEvent.CommitUnknown.class)).hasSize(1);
		assertThat(this.context.getBean(Ledger.class).entries()).isEmpty();
		assertThat(this.orders.place("42")).isEqualTo("place 2");
		assertThat(this.context.getBean(Ledger.class).entries()).containsExactly("42");
		assertThat(this.events.of(EffectEvent.Completed.class)).hasSize(1);
	}

	private DriverManagerDataSource behindTheProxy() {
		String url = this.database.jdbcUrl().replaceFirst("//[^/]+/", "//127.0.0.1:" + this.network.port() + "/");
		String readable = url.startsWith("jdbc:postgresql") ? "?prepareThreshold=0" : "";
		return new DriverManagerDataSource(url + readable, this.database.username(), this.database.password());
	}

	static class Orders {

		private final Ledger ledger;

		private int calls;

		Orders(Ledger ledger) {
			this.ledger = ledger;
		}

		@ExactlyOnceEffect(flow = "ordering", key = "#id")
		public String place(String id) {
			this.ledger.add(id);
			return "place " + ++this.calls;
		}

	}

}
