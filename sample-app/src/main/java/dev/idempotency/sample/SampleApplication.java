// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample;

import dev.idempotency.sample.servers.EmbeddedServers;
import dev.idempotency.sample.servers.EmbeddedServersInitializer;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * Starts the order pipeline, on servers it brings along unless profile {@code servers}
 * names real ones.
 */
@SpringBootApplication
public class SampleApplication {

	public static void main(String[] args) throws Exception {
		if (args.length > 0 && EmbeddedServers.COMMAND.equals(args[0])) {
			EmbeddedServers.main(args);
			return;
		}
		SpringApplication application = new SpringApplication(SampleApplication.class);
		application.addInitializers(new EmbeddedServersInitializer(SampleApplication.class));
		application.run(args);
	}

}
