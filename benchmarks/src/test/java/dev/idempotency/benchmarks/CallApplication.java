// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/**
 * An application whose effects are called: by HTTP requests, or by other code. It relays
 * nothing.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import({ PaymentController.class, Provider.class, Charges.class })
class CallApplication {

	/**
	 * What it needs beside the servers.
	 */
	static final String[] PROPERTIES = { "server.port=0", "idempotency.outbox.relay.enabled=false",
			"idempotency.flows." + Charges.WITH_KEY + ".external.provider=generic" };

}
