// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.util.List;

import dev.idempotency.jdbc.OutboxLogSupport;
import dev.idempotency.relay.Partitioning;
import dev.idempotency.relay.Transport;

/**
 * Which outgoing messages are numbered.
 *
 * @param partitioning says it of each destination
 */
record Numbering(Partitioning partitioning) {

	static Numbering of(OutboxLogSupport support, OutboxProperties.Log properties, List<Transport> transports) {
		if (!support.available()) {
			return new Numbering(Partitioning.because("the outbox has no log here"));
		}
		Partitioning all = Partitioning.of(transports);
		return new Numbering(properties.numbering() ? all : all.ended("idempotency.outbox.log.numbering=false"));
	}

	/**
	 * For the catalogue.
	 */
	String remark(String destination) {
		String refusal = this.partitioning.refusal(destination);
		if (refusal != null) {
			return "not numbered, because " + refusal;
		}
		return this.partitioning.byRoute(destination)
				? "numbered per lane and routing key, the first " + this.partitioning.count(destination) + " of them"
				: "numbered per lane and partition";
	}

}
