// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.shipping;

import org.springframework.data.repository.Repository;

/**
 * The shipments.
 */
interface ShipmentRepository extends Repository<Shipment, Long> {

	Shipment save(Shipment shipment);

}
