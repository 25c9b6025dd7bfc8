// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.support.KafkaHeaders;
import org.springframework.kafka.support.KafkaUtils;

/**
 * Keys and headers in text form, and back. Bytes that are no text, that a database cannot
 * store as text, or that begin like this form itself become {@value #BINARY} and Base64.
 */
final class HeaderText {

	static final String BINARY = "base64:";

	/** Says that a record without a value came without one. */
	static final String TOMBSTONE = "idempotency-tombstone";

	private static final Set<String> ADDED_BY_CONTAINERS = Set.of(KafkaHeaders.DELIVERY_ATTEMPT,
			KafkaHeaders.LISTENER_INFO, KafkaUtils.KEY_DESERIALIZER_EXCEPTION_HEADER,
			KafkaUtils.VALUE_DESERIALIZER_EXCEPTION_HEADER);

	private HeaderText() {
	}

	/**
	 * The headers a producer sent. Of several with the same name the last counts.
	 */
	static Map<String, String> of(@Nullable Headers headers) {
		Map<String, String> text = new HashMap<>();
		if (headers != null) {
			for (Header header : headers) {
				if (header.value() != null && !ADDED_BY_CONTAINERS.contains(header.key())) {
					text.put(header.key(), of(header.value()));
				}
			}
		}
		return text;
	}

	static String of(byte[] bytes) {
		if (isAscii(bytes)) {
			return of(new String(bytes, StandardCharsets.ISO_8859_1));
		}
		try {
			String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
			return isPlain(text) ? text : base64(bytes);
		}
		catch (CharacterCodingException ex) {
			return base64(bytes);
		}
	}

	/**
	 * What nearly all headers are, and can be read without a decoder.
	 */
	private static boolean isAscii(byte[] bytes) {
		for (byte each : bytes) {
			if (each < 0) {
				return false;
			}
		}
		return true;
	}

	static String of(String text) {
		return isPlain(text) ? text : base64(text.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * The bytes a text stands for. Text that only begins like the binary form is text.
	 */
	static byte[] bytes(String text) {
		if (text.startsWith(BINARY)) {
			try {
				return Base64.getDecoder().decode(text.substring(BINARY.length()));
			}
			catch (IllegalArgumentException ex) {
				return text.getBytes(StandardCharsets.UTF_8);
			}
		}
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static boolean isPlain(String text) {
		return text.indexOf('\0') < 0 && !text.startsWith(BINARY);
	}

	private static String base64(byte[] bytes) {
		return BINARY + Base64.getEncoder().encodeToString(bytes);
	}

}
