// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.idempotency.effect.ResultException;
import dev.idempotency.effect.StoredResult;
import org.jspecify.annotations.Nullable;

/**
 * Status, headers and body of an answer, as they are stored.
 *
 * @param status the status code
 * @param headers what is told again
 * @param codec format of the body
 * @param body the body in that format
 */
record StoredResponse(int status, Map<String, List<String>> headers, String codec, byte[] body) {

	static final String ENTITY = "http/1";

	private static final String REJECTION = "http-rejection/1";

	StoredResult entity() {
		return new StoredResult(ENTITY, bytes());
	}

	StoredResult rejection() {
		return new StoredResult(REJECTION, bytes());
	}

	/**
	 * A decided "no", if it is one.
	 */
	static @Nullable StoredResponse rejection(StoredResult stored) {
		byte[] body = stored.body();
		return (stored.codec().equals(REJECTION) && body != null) ? read(body) : null;
	}

	static StoredResponse read(byte[] bytes) {
		try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
			int status = in.readUnsignedShort();
			Map<String, List<String>> headers = new LinkedHashMap<>();
			for (int count = in.readUnsignedShort(); count > 0; count--) {
				headers.computeIfAbsent(in.readUTF(), (name) -> new ArrayList<>()).add(in.readUTF());
			}
			return new StoredResponse(status, headers, in.readUTF(), in.readAllBytes());
		}
		catch (IOException ex) {
			throw new ResultException("The stored answer is damaged; the effect is finished and is not run again", ex);
		}
	}

	private byte[] bytes() {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (DataOutputStream out = new DataOutputStream(bytes)) {
			out.writeShort(this.status);
			out.writeShort(this.headers.values().stream().mapToInt(List::size).sum());
			for (Map.Entry<String, List<String>> header : this.headers.entrySet()) {
				for (String value : header.getValue()) {
					out.writeUTF(header.getKey());
					out.writeUTF(value);
				}
			}
			out.writeUTF(this.codec);
			out.write(this.body);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Nothing but a header of more than 65535 bytes can fail here", ex);
		}
		return bytes.toByteArray();
	}

}
