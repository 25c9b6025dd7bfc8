// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.util.Map;

/**
 * Properties that nothing reads.
 */
final class UnknownPropertiesException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final transient Map<String, String> properties;

	/**
	 * Creates an exception.
	 * @param properties where each is set
	 */
	UnknownPropertiesException(Map<String, String> properties) {
		super("Nothing reads " + properties.keySet());
		this.properties = Map.copyOf(properties);
	}

	Map<String, String> properties() {
		return this.properties;
	}

}
