// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.json;

import java.nio.charset.StandardCharsets;

import dev.idempotency.effect.Fingerprint;
import dev.idempotency.effect.Fingerprinter;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Fingerprints content by its JSON value: bytes and text that are JSON, and objects
 * Jackson can write, are compared regardless of field order, white space and the spelling
 * of numbers. Other bytes and text are compared as they are.
 */
public final class JsonFingerprinter implements Fingerprinter {

	private final JsonMapper mapper;

	/**
	 * Creates a fingerprinter.
	 * @param mapper reads and writes JSON
	 */
	public JsonFingerprinter(JsonMapper mapper) {
		this.mapper = mapper.rebuild()
			.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
			.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
			.build();
	}

	@Override
	public @Nullable Fingerprint fingerprint(@Nullable Object content) {
		if (content == null) {
			return Fingerprint.of(new byte[0]);
		}
		if (content instanceof byte[] bytes) {
			return Fingerprint.of(canonical(bytes));
		}
		if (content instanceof CharSequence text) {
			return Fingerprint.of(canonical(text.toString().getBytes(StandardCharsets.UTF_8)));
		}
		try {
			return Fingerprint.of(CanonicalJson.write(this.mapper.valueToTree(content)));
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	private byte[] canonical(byte[] bytes) {
		try {
			JsonNode tree = this.mapper.readTree(bytes);
			return tree.isContainer() ? CanonicalJson.write(tree) : bytes;
		}
		catch (JacksonException ex) {
			return bytes;
		}
	}

}
