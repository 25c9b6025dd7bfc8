// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URLDecoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.jspecify.annotations.Nullable;

/**
 * A request whose body can be read before its handler reads it. Nothing is read ahead
 * unless somebody asks.
 */
public final class RepeatableRequest extends HttpServletRequestWrapper {

	private static final String FORM = "application/x-www-form-urlencoded";

	private byte @Nullable [] body;

	/**
	 * Wraps a request of which nothing was read.
	 * @param request the request
	 */
	public RepeatableRequest(HttpServletRequest request) {
		super(request);
	}

	/**
	 * Reads the body, which stays there for who reads it next.
	 * @param max most bytes that are held
	 * @return the body, {@code null} if it is larger
	 * @throws IOException if it cannot be read
	 */
	public byte @Nullable [] body(int max) throws IOException {
		if (this.body == null) {
			if (getContentLengthLong() > max) {
				return null;
			}
			byte[] read = super.getInputStream().readNBytes(max + 1);
			if (read.length > max) {
				return null;
			}
			this.body = read;
		}
		return this.body;
	}

	/**
	 * The server finds no parameters in a body that was read already.
	 */
	@Override
	public Map<String, String[]> getParameterMap() {
		String type = getContentType();
		if (this.body == null || type == null || !type.toLowerCase(Locale.ROOT).startsWith(FORM)) {
			return super.getParameterMap();
		}
		Map<String, String[]> parameters = new LinkedHashMap<>(super.getParameterMap());
		for (String pair : new String(this.body, StandardCharsets.ISO_8859_1).split("&")) {
			if (!pair.isEmpty()) {
				String[] parts = pair.split("=", 2);
				parameters.merge(decoded(parts[0]), new String[] { (parts.length > 1) ? decoded(parts[1]) : "" },
						RepeatableRequest::joined);
			}
		}
		return parameters;
	}

	private String decoded(String text) {
		String encoding = getCharacterEncoding();
		return URLDecoder.decode(text, (encoding != null) ? Charset.forName(encoding) : StandardCharsets.UTF_8);
	}

	private static String[] joined(String[] first, String[] second) {
		return Stream.of(first, second).flatMap(Stream::of).toArray(String[]::new);
	}

	@Override
	public String @Nullable [] getParameterValues(String name) {
		return getParameterMap().get(name);
	}

	@Override
	public @Nullable String getParameter(String name) {
		String[] values = getParameterValues(name);
		return (values != null) ? values[0] : null;
	}

	@Override
	public Enumeration<String> getParameterNames() {
		return Collections.enumeration(getParameterMap().keySet());
	}

	@Override
	public ServletInputStream getInputStream() throws IOException {
		return (this.body != null) ? new Held(this.body) : super.getInputStream();
	}

	@Override
	public BufferedReader getReader() throws IOException {
		if (this.body == null) {
			return super.getReader();
		}
		String encoding = getCharacterEncoding();
		Charset charset = (encoding != null) ? Charset.forName(encoding) : StandardCharsets.ISO_8859_1;
		return new BufferedReader(new InputStreamReader(getInputStream(), charset));
	}

	/**
	 * A body in memory.
	 */
	private static final class Held extends ServletInputStream {

		private final ByteArrayInputStream bytes;

		private Held(byte[] body) {
			this.bytes = new ByteArrayInputStream(body);
		}

		@Override
		public int read() {
			return this.bytes.read();
		}

		@Override
		public int read(byte[] target, int offset, int length) {
			return this.bytes.read(target, offset, length);
		}

		@Override
		public boolean isFinished() {
			return this.bytes.available() == 0;
		}

		@Override
		public boolean isReady() {
			return true;
		}

		@Override
		public void setReadListener(ReadListener listener) {
			throw new IllegalStateException("The body is held in memory; read it without a listener");
		}

	}

}
