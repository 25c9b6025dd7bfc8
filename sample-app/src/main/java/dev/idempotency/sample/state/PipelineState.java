// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.state;

import java.time.Instant;
import java.util.List;

import dev.idempotency.flow.Flow;

/**
 * Everything the page shows.
 *
 * @param process this process
 * @param totals sums over the tables
 * @param orders the latest orders, newest first
 * @param flows the catalogue
 * @param meters the meters of the starter
 */
record PipelineState(Process process, Totals totals, List<OrderRow> orders, List<Flow> flows,
		List<MeterReading> meters) {

	/**
	 * The process that answers.
	 *
	 * @param pid its id
	 * @param started when it started
	 * @param now its time
	 * @param startCommand how to start it again
	 * @param embedded whether it brought its servers along
	 */
	record Process(long pid, Instant started, Instant now, String startCommand, boolean embedded) {
	}

	/**
	 * Sums over the tables.
	 *
	 * @param orders orders placed
	 * @param unitsOrdered units in them
	 * @param reservations reservations made
	 * @param unitsReserved units set aside, as the stock table says
	 * @param shipments shipments made
	 * @param repeatedReservations orders with more than one reservation
	 * @param repeatedShipments orders with more than one shipment
	 * @param counted orders counted by analytics, repetitions included
	 * @param disordered shipments that came after a later one of the same customer
	 * @param failingCommits commits that are still to fail
	 */
	record Totals(long orders, long unitsOrdered, long reservations, long unitsReserved, long shipments,
			long repeatedReservations, long repeatedShipments, long counted, long disordered, long failingCommits) {
	}

	/**
	 * One order and its effects.
	 *
	 * @param orderId the order
	 * @param customer who ordered
	 * @param number the customer's order number
	 * @param sku what was ordered
	 * @param quantity how many
	 * @param createdAt when
	 * @param reservations its reservations, one if all is well
	 * @param shipments its shipments, one if all is well
	 */
	record OrderRow(String orderId, String customer, long number, String sku, int quantity, Instant createdAt,
			int reservations, int shipments) {
	}

}
