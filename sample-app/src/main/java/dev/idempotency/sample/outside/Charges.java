// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.outside;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What the provider has charged. The same key charges once and is answered with the first
 * charge ever after.
 */
final class Charges implements AutoCloseable {

	private static final String SEPARATOR = "\t";

	private final Journal journal;

	private final Map<String, Charge> byKey = new LinkedHashMap<>();

	private long requests;

	private long repeats;

	Charges(Path file) throws IOException {
		this.journal = new Journal(file);
		for (String line : this.journal.lines()) {
			String[] parts = line.split(SEPARATOR, -1);
			this.byKey.put(parts[0], new Charge(parts[1], parts[2], Long.parseLong(parts[3])));
		}
	}

	/**
	 * Charges, unless the key did before.
	 * @param key the idempotency key
	 * @param orderId what is paid for
	 * @param cents how much
	 * @return the charge of this key, which may be for something else
	 */
	synchronized Charge charge(String key, String orderId, long cents) throws IOException {
		this.requests++;
		Charge known = this.byKey.get(key);
		if (known != null) {
			this.repeats++;
			return known;
		}
		Charge charge = new Charge("ch_" + UUID.randomUUID(), orderId, cents);
		this.journal.append(String.join(SEPARATOR, key, charge.id(), orderId, Long.toString(cents)));
		this.byKey.put(key, charge);
		return charge;
	}

	/**
	 * What an auditor would ask for.
	 */
	synchronized Summary summary() {
		Map<String, Long> perOrder = this.byKey.values()
			.stream()
			.collect(Collectors.groupingBy(Charge::orderId, Collectors.counting()));
		long twice = perOrder.values().stream().filter((times) -> times > 1).count();
		return new Summary(this.byKey.size(), perOrder.size(), twice, this.requests, this.repeats);
	}

	@Override
	public void close() throws IOException {
		this.journal.close();
	}

	/**
	 * Money taken.
	 *
	 * @param id the provider's id
	 * @param orderId what was paid for
	 * @param cents how much
	 */
	record Charge(String id, String orderId, long cents) {

		boolean isFor(String otherOrderId, long otherCents) {
			return this.orderId.equals(otherOrderId) && this.cents == otherCents;
		}

	}

	/**
	 * What was charged, and what was asked since the provider started.
	 *
	 * @param charges charges made
	 * @param orders orders charged
	 * @param ordersChargedTwice orders charged more than once
	 * @param requests charges asked for since the start
	 * @param repeats of these, repeats that charged nothing
	 */
	record Summary(long charges, long orders, long ordersChargedTwice, long requests, long repeats) {
	}

}
