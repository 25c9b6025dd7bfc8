// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/**
 * A business object, written when the transaction is about to commit.
 */
@Entity
@Table(name = "shipment")
class Shipment {

	@Id
	private String id = "";

	@Column(nullable = false, length = 10)
	private String address = "";

	Shipment() {
	}

	Shipment(String id, String address) {
		this.id = id;
		this.address = address;
	}

	public String getAddress() {
		return this.address;
	}

	void redirect(String other) {
		this.address = other;
	}

}
