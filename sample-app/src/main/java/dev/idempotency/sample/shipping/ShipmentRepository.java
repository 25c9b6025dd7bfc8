// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.shipping;

import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

/**
 * The shipments, one per order.
 */
interface ShipmentRepository extends Repository<Shipment, Long> {

	/**
	 * Adds a shipment.
	 * @return how many were added: none if the order has one
	 */
	@Modifying
	@Query("insert into shipments (order_id, customer, number) values (:orderId, :customer, :number) "
			+ "on conflict (order_id) do nothing")
	int add(String orderId, String customer, long number);

	@Modifying
	@Query("insert into refused_shipments (order_id) values (:orderId)")
	void refuse(String orderId);

}
