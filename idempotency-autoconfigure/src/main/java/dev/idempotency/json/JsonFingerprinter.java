// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.json;

import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

import dev.idempotency.effect.Fingerprint;
import dev.idempotency.effect.Fingerprinter;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
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
		this.mapper = mapper;
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
			return Fingerprint.of(canonical(text.toString()));
		}
		try {
			byte[] written = this.mapper.writeValueAsBytes(content);
			byte[] canonical = json(() -> this.mapper.createParser(written), true);
			return Fingerprint.of((canonical != null) ? canonical : written);
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	private byte[] canonical(byte[] bytes) {
		byte[] canonical = json(() -> this.mapper.createParser(bytes), false);
		return (canonical != null) ? canonical : bytes;
	}

	private byte[] canonical(String text) {
		boolean container = text.startsWith("{") || text.startsWith("[");
		byte[] canonical = container ? json(() -> this.mapper.createParser(text), false) : null;
		return (canonical != null) ? canonical : canonical(text.getBytes(StandardCharsets.UTF_8));
	}

	private static byte @Nullable [] json(Supplier<JsonParser> content, boolean any) {
		try (JsonParser parser = content.get()) {
			return CanonicalJson.write(parser, any);
		}
		catch (JacksonException ex) {
			return null;
		}
	}

}
