// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.concurrent.CompletableFuture;

import dev.idempotency.effect.DuplicateEffectException;
import dev.idempotency.effect.EffectAssert;
import dev.idempotency.effect.EffectCollisionException;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.effect.Outcome;
import dev.idempotency.effect.ReentrantEffectException;
import dev.idempotency.effect.UnprotectedEffectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class EffectInterceptorTests {

	private final AnnotationConfigApplicationContext context = EffectApplication.start(Orders.class);

	private final Orders orders = this.context.getBean(Orders.class);

	private final Ledger ledger = this.context.getBean(Ledger.class);

	private final Events events = this.context.getBean(Events.class);

	@AfterEach
	void close() {
		this.context.close();
	}

	@Test
	void secondCallOfAVoidMethodReturnsWithoutRunningIt() {
		this.orders.place(new Order("42", 1));
		this.orders.place(new Order("42", 1));
		this.orders.place(new Order("43", 1));
		assertThat(this.ledger.entries()).containsExactly("42", "43");
		assertThat(this.events.of(EffectEvent.Completed.class)).hasSize(2);
		assertThat(this.events.of(EffectEvent.Duplicate.class)).hasSize(1);
	}

	@Test
	void withoutAStoreOfResultsTheSecondCallThrowsInsteadOfInventingOne() {
		assertThat(this.orders.charge(new Order("42", 1))).isEqualTo("charged 42");
		assertThatExceptionOfType(DuplicateEffectException.class)
			.isThrownBy(() -> this.orders.charge(new Order("42", 1)))
			.satisfies((ex) -> assertThat(ex.outcome()).isEqualTo(Outcome.COMPLETED));
		assertThat(this.ledger.entries()).containsExactly("42");
	}

	@Test
	void sameIdWithOtherContentIsRefused() {
		this.orders.place(new Order("42", 1));
		assertThatExceptionOfType(EffectCollisionException.class)
			.isThrownBy(() -> this.orders.place(new Order("42", 2)));
		assertThat(this.ledger.entries()).containsExactly("42");
	}

	@Test
	void keyIsFrozenBeforeTheBodyChangesItsArgument() {
		this.orders.mutate(new Mutable("42"));
		this.orders.mutate(new Mutable("42"));
		assertThat(this.ledger.entries()).containsExactly("42");
		assertThat(this.events.of(EffectEvent.Completed.class)).extracting(EffectEvent.Completed::key)
			.containsExactly(new EffectKey("mutating", "mutating", "42"));
	}

	@Test
	void sourceOfTheAnnotationIsPartOfTheKey() {
		this.orders.fromPartner("1");
		assertThat(this.events.of(EffectEvent.Completed.class)).extracting(EffectEvent.Completed::key)
			.containsExactly(new EffectKey("partner", "acme", "1"));
	}

	@Test
	void keyReenteredThroughTheProxyIsRefusedAndEverythingRolledBack() {
		assertThatExceptionOfType(ReentrantEffectException.class)
			.isThrownBy(() -> this.orders.reenter("42", this.orders));
		assertThat(this.ledger.entries()).isEmpty();
		assertThat(this.context.getBean(TableInbox.class).claims()).isZero();
	}

	@Test
	void effectOfAnotherFlowSharesTheTransactionOfTheOuterOne() {
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> this.orders.nest("42", this.orders))
			.withMessage("after the inner effect");
		assertThat(this.ledger.entries()).isEmpty();
		assertThat(this.events.of(EffectEvent.Completed.class)).isEmpty();
		assertThat(this.events.of(EffectEvent.RolledBack.class)).hasSize(2);
	}

	@Test
	void futureHiddenBehindAnObjectIsRefusedAndRolledBack() {
		assertThatExceptionOfType(UnprotectedEffectException.class).isThrownBy(() -> this.orders.hiddenFuture("42"))
			.withMessageContaining("Orders.hiddenFuture(String) returned a java.util.concurrent.CompletableFuture");
		assertThat(this.ledger.entries()).isEmpty();
	}

	@Test
	void bodyCanAssertThatItIsInsideItsEffect() {
		this.orders.asserting("42");
		assertThatExceptionOfType(UnprotectedEffectException.class).isThrownBy(() -> new Orders(null).asserting("42"));
	}

	record Order(String id, int amount) {
	}

	static class Mutable {

		private String id;

		Mutable(String id) {
			this.id = id;
		}

		public String getId() {
			return this.id;
		}

		@Override
		public String toString() {
			return "order " + this.id;
		}

	}

	static class Orders {

		private final Ledger ledger;

		Orders(Ledger ledger) {
			this.ledger = ledger;
		}

		@ExactlyOnceEffect(flow = "placing", key = "#order.id")
		@Transactional
		public void place(Order order) {
			this.ledger.add(order.id());
		}

		@ExactlyOnceEffect(flow = "charging", key = "#p0.id")
		public String charge(Order order) {
			this.ledger.add(order.id());
			return "charged " + order.id();
		}

		@ExactlyOnceEffect(flow = "mutating", key = "#order.id")
		public void mutate(Mutable order) {
			this.ledger.add(order.id);
			order.id = "changed";
		}

		@ExactlyOnceEffect(flow = "partner", key = "#a0", source = "acme")
		public void fromPartner(String id) {
			this.ledger.add(id);
		}

		@ExactlyOnceEffect(flow = "reentrant", key = "#id")
		public void reenter(String id, Orders self) {
			this.ledger.add(id);
			self.reenter(id, self);
		}

		@ExactlyOnceEffect(flow = "outer", key = "#id")
		public void nest(String id, Orders self) {
			self.place(new Order(id, 1));
			throw new IllegalStateException("after the inner effect");
		}

		@ExactlyOnceEffect(flow = "hidden", key = "#id")
		public Object hiddenFuture(String id) {
			this.ledger.add(id);
			return CompletableFuture.completedFuture(id);
		}

		@ExactlyOnceEffect(flow = "asserting", key = "#id")
		public void asserting(String id) {
			EffectAssert.assertInsideEffect("asserting");
		}

	}

}
