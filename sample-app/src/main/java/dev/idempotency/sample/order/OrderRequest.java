// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.order;

import org.jspecify.annotations.Nullable;

/**
 * What a customer asks for.
 *
 * @param orderId chosen by the client so that it may repeat the request, {@code null} to
 * have one made
 * @param customer who orders, 1 to 60 characters
 * @param sku what is ordered, 1 to 60 characters
 * @param quantity how many, from 1 to 1000
 */
public record OrderRequest(@Nullable String orderId, String customer, String sku, int quantity) {

	private static final int MAX_TEXT = 60;

	private static final int MAX_QUANTITY = 1000;

	public OrderRequest {
		if (orderId != null) {
			requireText("orderId", orderId);
		}
		requireText("customer", customer);
		requireText("sku", sku);
		if (quantity < 1 || quantity > MAX_QUANTITY) {
			throw new IllegalArgumentException("quantity must be from 1 to " + MAX_QUANTITY + ", not " + quantity);
		}
	}

	private static void requireText(String name, @Nullable String value) {
		if (value == null || value.isBlank() || value.length() > MAX_TEXT) {
			throw new IllegalArgumentException(name + " must have 1 to " + MAX_TEXT + " characters");
		}
	}

}
