// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.util.Locale;

/**
 * Where a shared server listens and who may log in.
 *
 * @param host the host name or address
 * @param port the TCP port
 * @param username the user that may create databases or virtual hosts
 * @param password the password, empty if there is none
 */
record ServerAddress(String host, int port, String username, String password) {

	ServerAddress {
		if (host.isBlank()) {
			throw new IllegalArgumentException("host must not be blank");
		}
		if (port < 1 || port > 65_535) {
			throw new IllegalArgumentException("port must be between 1 and 65535, but is " + port);
		}
	}

	/**
	 * Reads {@code idempotency.test.<server>.host|port|username|password}.
	 */
	static ServerAddress configured(String server, int port, String username, String password) {
		return new ServerAddress(TestSettings.get(server + ".host", "127.0.0.1"),
				Integer.parseInt(TestSettings.get(server + ".port", Integer.toString(port))),
				TestSettings.get(server + ".username", username), TestSettings.get(server + ".password", password));
	}

	String how(String server) {
		return "set idempotency.test.%s.host, .port, .username and .password (or IDEMPOTENCY_TEST_%s_HOST, ...)"
			.formatted(server, server.toUpperCase(Locale.ROOT));
	}

	@Override
	public String toString() {
		return this.username + "@" + this.host + ":" + this.port;
	}

}
