// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.util.Map;

import org.apache.qpid.server.SystemLauncher;

/**
 * An AMQP 0-9-1 broker in this JVM, for machines without RabbitMQ. It has no quorum
 * queues and no dead-letter exchanges, and nacks unroutable messages where RabbitMQ
 * returns and acks them: good for a first look, never the proof.
 */
final class EmbeddedQpid {

	private static final String CONFIGURATION = """
			{
			  "name": "tests",
			  "modelVersion": "9.1",
			  "authenticationproviders": [ {
			    "name": "plain",
			    "type": "Plain",
			    "secureOnlyMechanisms": "[]",
			    "users": [ { "name": "guest", "type": "managed", "password": "guest" } ]
			  } ],
			  "ports": [ {
			    "name": "AMQP",
			    "bindingAddress": "127.0.0.1",
			    "port": "%d",
			    "authenticationProvider": "plain",
			    "virtualhostaliases": [ { "name": "defaultAlias", "type": "defaultAlias" } ]
			  } ],
			  "virtualhostnodes": [ {
			    "name": "default",
			    "type": "Memory",
			    "defaultVirtualHostNode": "true",
			    "virtualHostInitialConfiguration": "{ \\"type\\": \\"Memory\\" }"
			  } ]
			}
			""";

	private EmbeddedQpid() {
	}

	/**
	 * Starts the broker; it ends with the JVM.
	 */
	static ServerAddress start() {
		int port = Ports.free();
		TempDirectory directory = TempDirectory.create("qpid");
		SystemLauncher launcher = new SystemLauncher();
		AtExit.close(() -> {
			launcher.shutdown();
			directory.close();
		});
		try {
			launcher
				.startup(Map.of("type", "Memory", "startupLoggedToSystemOut", "false", "initialConfigurationLocation",
						directory.write("configuration.json", CONFIGURATION.formatted(port)).toString(), "context",
						Map.of("qpid.work_dir", directory.path().toString())));
		}
		catch (Exception ex) {
			throw new IllegalStateException("Cannot start the embedded AMQP broker", ex);
		}
		return new ServerAddress("127.0.0.1", port, "guest", "guest");
	}

}
