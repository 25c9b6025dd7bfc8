// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.state;

import java.time.Instant;
import java.util.List;

import dev.idempotency.effect.InDoubtEffect;
import dev.idempotency.flow.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Everything the page shows.
 *
 * @param process this process
 * @param totals sums over the tables, {@code null} while the database is away
 * @param orders the latest orders, newest first
 * @param flows the catalogue
 * @param meters the meters of the starter
 * @param outside what the outside world did, {@code null} if it does not say
 * @param doubts effects of which nobody knows whether they happened, the oldest first
 */
record PipelineState(Process process, @Nullable Totals totals, List<OrderRow> orders, List<Flow> flows,
		List<MeterReading> meters, @Nullable Outside outside, List<Doubt> doubts) {

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
	 * @param webhooks webhooks taken
	 */
	record Totals(long orders, long unitsOrdered, long reservations, long unitsReserved, long shipments,
			long repeatedReservations, long repeatedShipments, long counted, long disordered, long failingCommits,
			long webhooks) {
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

	/**
	 * What the outside world did.
	 *
	 * @param charges charges the provider made
	 * @param ordersChargedTwice orders it charged more than once
	 * @param repeatedCharges requests it recognised by their key
	 * @param mails mails the mail server accepted
	 * @param ordersMailedTwice orders it accepted more than one mail for
	 */
	record Outside(long charges, long ordersChargedTwice, long repeatedCharges, long mails, long ordersMailedTwice) {
	}

	/**
	 * An effect in doubt.
	 *
	 * @param id names the doubt
	 * @param flow the flow
	 * @param effect the effect
	 * @param since since when
	 * @param reason how it came into doubt
	 */
	record Doubt(String id, String flow, String effect, Instant since, String reason) {

		static Doubt of(InDoubtEffect effect) {
			return new Doubt(effect.id(), effect.key().consumer(), effect.key().id(), effect.since(), effect.reason());
		}

	}

}
