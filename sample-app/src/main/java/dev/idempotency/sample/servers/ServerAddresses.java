// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.servers;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Properties;

import org.jspecify.annotations.Nullable;

/**
 * Where the servers listen on the loopback interface.
 *
 * @param clients port that applications hold a connection to
 * @param postgres port of PostgreSQL
 * @param kafka port of Kafka
 * @param amqp port of the AMQP broker
 * @param provider port of the payment provider
 * @param mail port of the mail server
 */
record ServerAddresses(int clients, int postgres, int kafka, int amqp, int provider, int mail) {

	private static final String FILE = "servers.properties";

	/**
	 * Leaves the addresses in the data directory, complete or not at all.
	 * @param data the data directory
	 * @throws IOException if it cannot be written
	 */
	void store(Path data) throws IOException {
		Properties properties = new Properties();
		properties.put("clients", Integer.toString(this.clients));
		properties.put("postgres", Integer.toString(this.postgres));
		properties.put("kafka", Integer.toString(this.kafka));
		properties.put("amqp", Integer.toString(this.amqp));
		properties.put("provider", Integer.toString(this.provider));
		properties.put("mail", Integer.toString(this.mail));
		Path draft = data.resolve(FILE + ".draft");
		try (Writer out = Files.newBufferedWriter(draft)) {
			properties.store(out, null);
		}
		Files.move(draft, data.resolve(FILE), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
	}

	/**
	 * Reads what a process left, which may have ended since.
	 * @param data the data directory
	 * @return the addresses, or {@code null} if there are none
	 * @throws IOException if they cannot be read
	 */
	static @Nullable ServerAddresses load(Path data) throws IOException {
		Path file = data.resolve(FILE);
		if (!Files.exists(file)) {
			return null;
		}
		Properties properties = new Properties();
		try (Reader in = Files.newBufferedReader(file)) {
			properties.load(in);
		}
		return new ServerAddresses(port(properties, "clients"), port(properties, "postgres"), port(properties, "kafka"),
				port(properties, "amqp"), port(properties, "provider"), port(properties, "mail"));
	}

	static void forget(Path data) throws IOException {
		Files.deleteIfExists(data.resolve(FILE));
	}

	/**
	 * What the application has to be told.
	 * @return configuration properties
	 */
	Map<String, Object> properties() {
		return Map.of("spring.datasource.url", "jdbc:postgresql://127.0.0.1:" + this.postgres + "/postgres",
				"spring.kafka.bootstrap-servers", "127.0.0.1:" + this.kafka, "spring.rabbitmq.host", "127.0.0.1",
				"spring.rabbitmq.port", this.amqp, "sample.provider.url", "http://127.0.0.1:" + this.provider,
				"spring.mail.host", "127.0.0.1", "spring.mail.port", this.mail);
	}

	private static int port(Properties properties, String name) {
		return Integer.parseInt(properties.getProperty(name, "0"));
	}

}
