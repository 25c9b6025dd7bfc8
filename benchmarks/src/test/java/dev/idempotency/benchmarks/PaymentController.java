// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import dev.idempotency.effect.ExactlyOnceEffect;

import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * One row per request, with and without the protection of its key.
 */
@RestController
class PaymentController {

	static final String PLAIN = "http-plain";

	static final String PROTECTED = "http-protected";

	private final JdbcTemplate jdbc;

	PaymentController(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
	}

	@PostMapping("/" + PLAIN)
	@ResponseStatus(HttpStatus.CREATED)
	@Transactional
	public Receipt plain(@RequestBody Order order) {
		return apply(PLAIN, order);
	}

	@PostMapping("/" + PROTECTED)
	@ResponseStatus(HttpStatus.CREATED)
	@Transactional
	@ExactlyOnceEffect(flow = PROTECTED)
	public Receipt protectedByKey(@RequestBody Order order) {
		return apply(PROTECTED, order);
	}

	private Receipt apply(String handler, Order order) {
		this.jdbc.update(Tables.insert(Tables.of(handler)), order.paymentId(), order.remark());
		return new Receipt(order.paymentId(), "accepted");
	}

	/**
	 * What is read of a payment.
	 */
	record Order(String paymentId, String remark) {
	}

	/**
	 * What is answered.
	 */
	record Receipt(String paymentId, String state) {
	}

}
