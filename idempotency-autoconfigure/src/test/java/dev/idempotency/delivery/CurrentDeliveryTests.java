// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CurrentDeliveryTests {

	@AfterEach
	void clear() {
		CurrentDelivery.clear();
	}

	@Test
	void messageIsCurrentUntilItIsCleared() {
		Delivery delivery = delivery();
		CurrentDelivery.set(delivery);
		assertThat(CurrentDelivery.get()).isSameAs(delivery);
		CurrentDelivery.clear();
		assertThat(CurrentDelivery.get()).isNull();
	}

	@Test
	void messageIdentifiesOneCallOfEachFlow() {
		CurrentDelivery.set(delivery());
		assertThat(CurrentDelivery.identify("a", new Object[] { "line 1" })).isTrue();
		assertThat(CurrentDelivery.identify("b", new Object[] { "line 2" })).isTrue();
		assertThat(CurrentDelivery.identify("a", new Object[] { "line 2" })).isFalse();
	}

	@Test
	void sameCallAgainIsIdentifiedAgain() {
		CurrentDelivery.set(delivery());
		assertThat(CurrentDelivery.identify("a", new Object[] { "line", new byte[] { 1 } })).isTrue();
		assertThat(CurrentDelivery.identify("a", new Object[] { "line", new byte[] { 1 } })).isTrue();
	}

	@Test
	void nextDeliveryBeginsAnew() {
		CurrentDelivery.set(delivery());
		assertThat(CurrentDelivery.identify("a", new Object[] { 1 })).isTrue();
		CurrentDelivery.set(delivery());
		assertThat(CurrentDelivery.identify("a", new Object[] { 2 })).isTrue();
	}

	@Test
	void nothingIsIdentifiedOutsideOfADelivery() {
		assertThat(CurrentDelivery.identify("a", new Object[0])).isFalse();
	}

	private static Delivery delivery() {
		return Deliveries.delivery(Map.of(), Map.of(), "17", true);
	}

}
