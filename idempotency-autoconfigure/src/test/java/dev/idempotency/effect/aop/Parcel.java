// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/**
 * A business object that loads its shipment when somebody asks for it.
 */
@Entity
@Table(name = "parcel")
class Parcel {

	@Id
	private String id = "";

	@ManyToOne(fetch = FetchType.LAZY)
	private @Nullable Shipment shipment;

	Parcel() {
	}

	Parcel(String id, Shipment shipment) {
		this.id = id;
		this.shipment = shipment;
	}

	public String getId() {
		return this.id;
	}

	public @Nullable Shipment getShipment() {
		return this.shipment;
	}

}
