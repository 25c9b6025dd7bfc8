// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.json;

import dev.idempotency.outbox.OutboxException;
import dev.idempotency.outbox.PayloadEncoder;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Encodes payloads as JSON; bytes and text pass as they are.
 */
public final class JsonPayloadEncoder implements PayloadEncoder {

	private final JsonMapper mapper;

	/**
	 * Creates an encoder.
	 * @param mapper writes JSON
	 */
	public JsonPayloadEncoder(JsonMapper mapper) {
		this.mapper = mapper;
	}

	@Override
	public Encoded encode(String destination, Object payload, @Nullable String contentType) {
		Encoded plain = Encoded.plain(payload, contentType);
		if (plain != null) {
			return plain;
		}
		try {
			return new Encoded((contentType != null) ? contentType : "application/json",
					this.mapper.writeValueAsBytes(payload));
		}
		catch (JacksonException ex) {
			throw new OutboxException("Payload of type " + payload.getClass().getName() + " for '" + destination
					+ "' cannot be written as JSON: " + ex.getOriginalMessage()
					+ ". Pass bytes or text, or give the application a PayloadEncoder bean", ex);
		}
	}

}
