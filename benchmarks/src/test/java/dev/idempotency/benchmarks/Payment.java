// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * What every message and row carries: about 500 bytes of JSON.
 *
 * @param id unique
 * @param json the payload
 */
record Payment(String id, String json) {

	private static final String REMARK = "Invoice settled by standing order. ".repeat(9);

	static List<Payment> some(int count) {
		return Stream.generate(Payment::make).limit(count).toList();
	}

	private static Payment make() {
		String id = UUID.randomUUID().toString();
		return new Payment(id, """
				{"paymentId":"%s","debtor":"DE02120300000000202051","creditor":"DE02500105170137075030",\
				"amount":1234.56,"currency":"EUR","remark":"%s"}""".formatted(id, REMARK));
	}

}
