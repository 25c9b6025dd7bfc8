// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.inventory;

import org.springframework.data.repository.Repository;

/**
 * The reservations.
 */
interface ReservationRepository extends Repository<Reservation, Long> {

	Reservation save(Reservation reservation);

}
