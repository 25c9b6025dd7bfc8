// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.nio.charset.StandardCharsets;

import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Reads what ends in an even digit.
 */
public final class EvenDeserializer implements Deserializer<String> {

	@Override
	public String deserialize(String topic, byte[] data) {
		if (data[data.length - 1] % 2 != 0) {
			throw new SerializationException("odd");
		}
		return new String(data, StandardCharsets.UTF_8);
	}

}
