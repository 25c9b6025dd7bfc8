// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.outbox;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Turns a payload into bytes while the transaction is still open, so that what cannot be
 * sent is refused where it is written.
 */
@FunctionalInterface
public interface PayloadEncoder {

	/**
	 * Encodes a payload.
	 * @param destination where it goes
	 * @param payload the payload
	 * @param contentType the wanted media type, if any
	 * @return bytes and their media type
	 * @throws OutboxException if it cannot be encoded
	 */
	Encoded encode(String destination, Object payload, @Nullable String contentType);

	/**
	 * An encoder that asks the one of the destination's transport.
	 * @param byTransport encoders by name of the transport
	 * @param others encodes for the other transports
	 * @return the encoder
	 */
	static PayloadEncoder routing(Map<String, PayloadEncoder> byTransport, PayloadEncoder others) {
		return (destination, payload, contentType) -> byTransport
			.getOrDefault(Destinations.transport(destination), others)
			.encode(destination, payload, contentType);
	}

	/**
	 * An encoded payload.
	 *
	 * @param contentType its media type
	 * @param body its bytes
	 * @param headers headers the encoding needs to be read again
	 */
	record Encoded(String contentType, byte[] body, Map<String, String> headers) {

		public Encoded {
			headers = Map.copyOf(headers);
		}

		/**
		 * An encoded payload that needs no headers.
		 * @param contentType its media type
		 * @param body its bytes
		 */
		public Encoded(String contentType, byte[] body) {
			this(contentType, body, Map.of());
		}

		/**
		 * Bytes and text, which every encoder passes as they are.
		 * @param payload the payload
		 * @param contentType the wanted media type, if any
		 * @return the payload encoded, {@code null} if it is neither bytes nor text
		 */
		public static @Nullable Encoded plain(Object payload, @Nullable String contentType) {
			if (payload instanceof byte[] bytes) {
				return new Encoded((contentType != null) ? contentType : "application/octet-stream", bytes.clone());
			}
			if (payload instanceof CharSequence text) {
				return new Encoded((contentType != null) ? contentType : "text/plain;charset=UTF-8",
						text.toString().getBytes(StandardCharsets.UTF_8));
			}
			return null;
		}

	}

}
