// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.order;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

class OrderRequestTests {

	@Test
	void orderIdMayBeLeftOut() {
		assertThatNoException().isThrownBy(() -> new OrderRequest(null, "ada", "espresso", 1));
	}

	@Test
	void blankTextIsRefusedByName() {
		assertThatIllegalArgumentException().isThrownBy(() -> new OrderRequest(" ", "ada", "espresso", 1))
			.withMessageContaining("orderId");
		assertThatIllegalArgumentException().isThrownBy(() -> new OrderRequest(null, "", "espresso", 1))
			.withMessageContaining("customer");
		assertThatIllegalArgumentException().isThrownBy(() -> new OrderRequest(null, "ada", "e".repeat(61), 1))
			.withMessageContaining("sku");
	}

	@Test
	void quantityHasBounds() {
		assertThatIllegalArgumentException().isThrownBy(() -> new OrderRequest(null, "ada", "espresso", 0))
			.withMessageContaining("quantity");
		assertThatIllegalArgumentException().isThrownBy(() -> new OrderRequest(null, "ada", "espresso", 1001))
			.withMessageContaining("1001");
	}

}
