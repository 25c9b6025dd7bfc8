// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.order;

import dev.idempotency.effect.ExactlyOnceEffect;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code POST /orders}. A request repeated with the same {@code Idempotency-Key} gets the
 * same answer and makes no second order.
 */
@RestController
class OrderController {

	private final OrderService orders;

	OrderController(OrderService orders) {
		this.orders = orders;
	}

	@PostMapping("/orders")
	@ExactlyOnceEffect(flow = "place-order")
	@ResponseStatus(HttpStatus.CREATED)
	PlacedOrder place(@RequestBody OrderRequest request) {
		return this.orders.place(request);
	}

	/**
	 * Two customers used one order id at the same moment, or one after the other.
	 */
	@ExceptionHandler({ OrderConflictException.class, DuplicateKeyException.class })
	ProblemDetail conflict(RuntimeException ex) {
		return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT,
				(ex instanceof OrderConflictException) ? ex.getMessage() : "The order id is already in use");
	}

}
