// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Settings of the test servers: a system property, else an environment variable, else the
 * default.
 */
final class TestSettings {

	private static final String PREFIX = "idempotency.test.";

	private TestSettings() {
	}

	static String get(String name, String defaultValue) {
		String value = find(name);
		return (value != null) ? value : defaultValue;
	}

	static @Nullable String find(String name) {
		String value = System.getProperty(PREFIX + name);
		if (value == null) {
			value = System.getenv((PREFIX + name).replace('.', '_').toUpperCase(Locale.ROOT));
		}
		return (value != null && !value.isBlank()) ? value : null;
	}

	/**
	 * Whether a server that does not answer is a failure instead of a reason to do
	 * without.
	 */
	static boolean continuousIntegration() {
		String value = find("ci");
		return Boolean.parseBoolean((value != null) ? value : System.getenv("CI"));
	}

}
