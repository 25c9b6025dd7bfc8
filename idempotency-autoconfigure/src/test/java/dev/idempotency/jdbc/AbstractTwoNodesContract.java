// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.idempotency.outbox.Lanes;
import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.relay.OutboxLog;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Two relays on real stores, without a broker.
 */
abstract class AbstractTwoNodesContract extends AbstractStoreContract {

	private static final String ORDERS = "scripted:orders";

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final List<RelayNode> nodes = new ArrayList<>();

	private ScriptedBroker broker;

	private int written;

	@BeforeEach
	void create() {
		this.broker = new ScriptedBroker();
		this.written = 0;
	}

	@AfterEach
	void stop() {
		this.broker.answerAll();
		this.nodes.forEach(RelayNode::close);
		this.nodes.clear();
	}

	/**
	 * The log messages are in.
	 * @return {@code null} if there is none
	 */
	@Nullable OutboxLog log(String node) {
		return null;
	}

	int waiting() {
		return this.database.count("idempotency_outbox");
	}

	RelayNode node(String name) {
		RelayNode node = new RelayNode(name, this.database, log(name), this.broker);
		this.nodes.add(node);
		return node;
	}

	@Test
	void twoNodesShareTheWorkAndEverythingArrivesOnceAndInOrder() {
		RelayNode one = node("one");
		RelayNode two = node("two");
		await().atMost(PATIENCE).until(() -> one.lanes() > 0 && two.lanes() > 0 && one.lanes() + two.lanes() == 64);
		write(300);
		awaitArrival();
		assertThat(this.broker.arrivals()).hasSize(this.written);
		assertThat(this.broker.senders()).containsExactlyInAnyOrder("one", "two");
	}

	@Test
	void aNodeThatLosesItsLeaseInTheMiddleOfABatchLosesNothingAndKeepsTheOrder() {
		RelayNode one = node("one");
		await().atMost(PATIENCE).until(() -> one.lanes() == Lanes.COUNT);
		this.broker.withholdAnswersFrom("one");
		write(100);
		await().atMost(PATIENCE).until(() -> this.broker.unanswered() > 0);
		one.losesSightOfTheLanes();
		RelayNode two = node("two");
		await().atMost(PATIENCE).until(() -> two.lanes() == Lanes.COUNT);
		write(100);
		awaitArrival();
		this.broker.answerAll();
		await().atMost(PATIENCE).until(() -> one.fenced() > 0);
		one.seesTheLanesAgain();
		await().atMost(PATIENCE).until(() -> one.lanes() > 0 && two.lanes() < Lanes.COUNT);
		write(100);
		awaitArrival();
		assertThat(this.broker.senders()).containsExactlyInAnyOrder("one", "two");
	}

	@Test
	void whatIsRefusedIsRetriedInItsPlaceWhileOtherKeysPass() {
		this.broker.refuseOnce("m40");
		node("one");
		write(200);
		awaitArrival();
	}

	/**
	 * Writes with eight keys, some messages in a transaction.
	 */
	final void write(int count) {
		for (int end = this.written + count; this.written < end;) {
			List<OutboxRecord> together = new ArrayList<>();
			for (int i = 0; i < 7 && this.written < end; i++) {
				together.add(message(ORDERS, "k" + this.written % 8, "m" + this.written));
				this.written++;
			}
			insert(together.toArray(OutboxRecord[]::new));
			this.nodes.forEach((node) -> together.forEach((message) -> node.wake(ORDERS, message.lane())));
		}
	}

	private void awaitArrival() {
		await().atMost(PATIENCE).untilAsserted(() -> {
			assertThat(this.broker.distinctArrivals()).hasSize(this.written);
			assertThat(waiting()).isZero();
		});
		assertThat(this.broker.inverted()).isEmpty();
	}

}
