// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What every message and row carries: about 500 bytes of JSON.
 *
 * @param id unique
 * @param json the payload
 */
record Payment(String id, String json) {

	private static final String REMARK = "Invoice settled by standing order. ".repeat(9);

	/**
	 * Payments with random ids.
	 */
	static List<Payment> some(int count) {
		return Stream.generate(() -> make(UUID.randomUUID().toString())).limit(count).toList();
	}

	/**
	 * Payments with ids of UUID version 7, one for each millisecond from now on.
	 */
	static List<Payment> inOrderOfTime(int count) {
		long now = System.currentTimeMillis();
		return IntStream.range(0, count).mapToObj((at) -> make(ordered(now + at).toString())).toList();
	}

	private static UUID ordered(long millis) {
		UUID random = UUID.randomUUID();
		return new UUID((millis << 16) | 0x7000 | (random.getMostSignificantBits() & 0x0fff),
				random.getLeastSignificantBits());
	}

	private static Payment make(String id) {
		return new Payment(id, """
				{"paymentId":"%s","debtor":"DE02120300000000202051","creditor":"DE02500105170137075030",\
				"amount":1234.56,"currency":"EUR","remark":"%s"}""".formatted(id, REMARK));
	}

}
