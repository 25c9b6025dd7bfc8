// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.idempotency.delivery.CurrentDelivery;
import dev.idempotency.delivery.Delivery;
import dev.idempotency.delivery.EffectGroup;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectGroupException;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.effect.InvalidIdentityException;
import dev.idempotency.effect.ReentrantEffectException;
import dev.idempotency.effect.UnprotectedEffectException;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.testing.MemoryH2;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Several messages of a listener method in one transaction.
 */
class MethodEffectsTests {

	private final MemoryH2 database = MemoryH2.open();

	private final AnnotationConfigApplicationContext context = EffectApplication.start(this.database, SqlStore.class,
			Orders.class);

	private final Orders orders = this.context.getBean(Orders.class);

	private final Ledger ledger = this.context.getBean(Ledger.class);

	private final Events events = this.context.getBean(Events.class);

	@AfterEach
	void close() {
		CurrentDelivery.clear();
		this.context.close();
		this.database.close();
	}

	@Test
	void eachMessageIsHandledByACallAndOnlyNewOnesReachTheBody() throws Throwable {
		EffectGroup group = group("on");
		List<String> ids = List.of("a", "b", "a");
		group.each(deliveries(ids), (index) -> this.orders.on(ids.get(index)));
		group.each(deliveries(ids), (index) -> this.orders.on(ids.get(index)));
		assertThat(this.ledger.entries()).containsExactly("a", "b");
		assertThat(this.events.of(EffectEvent.Completed.class)).hasSize(2);
		assertThat(this.events.of(EffectEvent.Duplicate.class)).hasSize(4);
	}

	@Test
	void oneThatFailsIsNamedAndTakesTheOthersWithIt() {
		assertThatExceptionOfType(EffectGroupException.class)
			.isThrownBy(() -> group("on").each(deliveries(List.of("a", "bad", "c")),
					(index) -> this.orders.on(List.of("a", "bad", "c").get(index))))
			.satisfies((ex) -> assertThat(ex.index()).isEqualTo(1))
			.withCauseInstanceOf(IllegalArgumentException.class);
		assertThat(this.ledger.entries()).isEmpty();
		assertThat(this.events.of(EffectEvent.RolledBack.class)).hasSize(3);
	}

	/**
	 * What is around the method may keep its failure to itself.
	 */
	@Test
	void aFailureThatSomebodySwallowedCommitsNothing() {
		assertThatExceptionOfType(EffectGroupException.class)
			.isThrownBy(() -> group("on").each(deliveries(List.of("a", "bad")), (index) -> {
				try {
					this.orders.on(List.of("a", "bad").get(index));
				}
				catch (IllegalArgumentException ex) {
					assertThat(ex).isNotNull();
				}
			}))
			.satisfies((ex) -> assertThat(ex.index()).isEqualTo(1));
		assertThat(this.ledger.entries()).isEmpty();
	}

	@Test
	void anEffectThatWasNotCalledIsNotClaimed() throws Throwable {
		assertThatExceptionOfType(EffectGroupException.class)
			.isThrownBy(() -> group("on").each(deliveries(List.of("a", "b")), (index) -> {
				if (index == 0) {
					this.orders.on("a");
				}
			}))
			.withCauseInstanceOf(UnprotectedEffectException.class)
			.satisfies((ex) -> assertThat(ex.index()).isEqualTo(1));
		group("on").each(deliveries(List.of("a", "b")), (index) -> this.orders.on(List.of("a", "b").get(index)));
		assertThat(this.ledger.entries()).containsExactly("a", "b");
	}

	/**
	 * The first attempt's writes are still in the transaction.
	 */
	@Test
	void aSecondAttemptWithinTheGroupIsRefused() {
		List<Delivery> deliveries = deliveries(List.of("a", "b"));
		assertThatExceptionOfType(EffectGroupException.class)
			.isThrownBy(() -> group("keyed").each(deliveries, (index) -> {
				CurrentDelivery.set(deliveries.get(index));
				try {
					this.orders.keyed("bad");
				}
				catch (IllegalArgumentException ex) {
					this.orders.keyed("good");
				}
			}))
			.withRootCauseInstanceOf(ReentrantEffectException.class);
		assertThat(this.ledger.entries()).isEmpty();
	}

	@Test
	void aMessageWithoutIdentityIsNamedAndNotYetReported() {
		List<Delivery> deliveries = new ArrayList<>(deliveries(List.of("a", "b")));
		deliveries.add(1, delivery(Map.of()));
		assertThatExceptionOfType(EffectGroupException.class)
			.isThrownBy(() -> group("on").each(deliveries, (index) -> this.orders.on("x")))
			.withCauseInstanceOf(InvalidIdentityException.class)
			.satisfies((ex) -> assertThat(ex.index()).isEqualTo(1));
		assertThat(this.events.all()).isEmpty();
	}

	@Test
	void exceptionsThatCommitASingleEffectRollAGroupBack() {
		assertThatExceptionOfType(EffectGroupException.class).isThrownBy(
				() -> group("forgiving").each(deliveries(List.of("a", "b")), (index) -> this.orders.forgiving("bad")));
		assertThat(this.ledger.entries()).isEmpty();
		assertThat(this.events.of(EffectEvent.Completed.class)).isEmpty();
	}

	@Test
	void aBatchIsCalledWithWhatIsLeftOrNotAtAll() throws Throwable {
		EffectGroup group = group("batch");
		List<List<Integer>> calls = new ArrayList<>();
		EffectGroup.Together call = (indexes) -> {
			calls.add(indexes);
			this.orders.batch(indexes);
		};
		group.together(deliveries(List.of("b")), call);
		group.together(deliveries(List.of("a", "b", "c", "a")), call);
		group.together(deliveries(List.of("a", "b", "c")), call);
		assertThat(calls).containsExactly(List.of(0), List.of(0, 2));
		assertThat(this.events.of(EffectEvent.Duplicate.class)).hasSize(5);
	}

	@Test
	void aBatchThatDidNotCallItsMethodIsNotClaimed() {
		assertThatExceptionOfType(EffectGroupException.class)
			.isThrownBy(() -> group("batch").together(deliveries(List.of("a", "b")), (indexes) -> {
			}))
			.withCauseInstanceOf(UnprotectedEffectException.class);
	}

	@Test
	void theLastOfABatchFollowsTheRulesOfASingleEffect() throws Throwable {
		EffectGroup group = group("batch");
		group.alone(delivery(Map.of("id", "a", "source", "s")), this.orders::batch);
		group.alone(delivery(Map.of("id", "a", "source", "s")), this.orders::batch);
		assertThat(this.ledger.entries()).containsExactly("[0]");
		assertThat(this.events.of(EffectEvent.Duplicate.class)).hasSize(1);
		assertThatExceptionOfType(InvalidIdentityException.class)
			.isThrownBy(() -> group.alone(delivery(Map.of()), this.orders::batch));
		assertThat(this.events.of(EffectEvent.Refused.class)).hasSize(1);
	}

	@Test
	void aKeyMadeOfArgumentsComesTooLateForAGroup() {
		assertThatExceptionOfType(ContradictionException.class).isThrownBy(() -> group("byArgument"))
			.withMessageContaining("#headers and #delivery only");
	}

	private EffectGroup group(String method) {
		return this.context.getBean(EffectInfrastructure.class)
			.groups()
			.of(Orders.class, ReflectionUtils.getUniqueDeclaredMethods(Orders.class,
					(candidate) -> candidate.getName().equals(method))[0]);
	}

	private static List<Delivery> deliveries(List<String> ids) {
		return ids.stream().map((id) -> delivery(Map.of("id", id, "source", "s"))).toList();
	}

	private static Delivery delivery(Map<String, String> attributes) {
		return new Delivery("kafka", "orders", "orders-0@42", true, null, "key",
				Map.of("tenant", attributes.toString()), attributes, null, () -> new Delivery.Original(new byte[0]),
				false);
	}

	/**
	 * Listener methods.
	 */
	static class Orders {

		private final Ledger ledger;

		Orders(Ledger ledger) {
			this.ledger = ledger;
		}

		@KafkaListener
		@ExactlyOnceEffect(flow = "orders")
		void on(String order) {
			add(order);
		}

		@KafkaListener
		@ExactlyOnceEffect(flow = "keyed", key = "#headers['tenant']")
		void keyed(String order) {
			add(order);
		}

		@KafkaListener
		@ExactlyOnceEffect(flow = "forgiving")
		@Transactional(noRollbackFor = IllegalArgumentException.class)
		void forgiving(String order) {
			add(order);
		}

		@KafkaListener
		@ExactlyOnceEffect(flow = "batch")
		void batch(List<Integer> orders) {
			add(orders.toString());
		}

		@KafkaListener
		@ExactlyOnceEffect(flow = "argument", key = "#order")
		void byArgument(String order) {
			add(order);
		}

		private void add(String order) {
			this.ledger.add(order);
			if (order.equals("bad")) {
				throw new IllegalArgumentException("bad");
			}
		}

	}

}
