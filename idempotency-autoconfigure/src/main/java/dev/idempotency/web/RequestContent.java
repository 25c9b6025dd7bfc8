// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import dev.idempotency.effect.Fingerprint;
import dev.idempotency.effect.Fingerprinter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.Part;
import org.jspecify.annotations.Nullable;

import org.springframework.web.util.WebUtils;

/**
 * What a request asks for, in a form that is the same when it is repeated: method, path,
 * query and body. JSON counts by its value, a form by its parameters, a multipart body by
 * its parts, whose boundary differs each time; any other body counts as it is.
 */
final class RequestContent {

	private final Fingerprinter fingerprinter;

	private final int maxBodySize;

	RequestContent(Fingerprinter fingerprinter, int maxBodySize) {
		this.fingerprinter = fingerprinter;
		this.maxBodySize = maxBodySize;
	}

	String of(HttpServletRequest request) throws IOException, ServletException {
		String query = request.getQueryString();
		return request.getMethod() + " " + request.getRequestURI() + ((query != null) ? "?" + query : "") + "\n"
				+ body(request);
	}

	private String body(HttpServletRequest request) throws IOException, ServletException {
		String type = String.valueOf(request.getContentType()).toLowerCase(Locale.ROOT);
		if (type.startsWith("application/x-www-form-urlencoded")) {
			return "form " + hex(form(request.getParameterMap()));
		}
		if (type.startsWith("multipart/")) {
			return "parts " + parts(request);
		}
		RepeatableRequest repeatable = WebUtils.getNativeRequest(request, RepeatableRequest.class);
		byte[] body = (repeatable != null) ? repeatable.body(this.maxBodySize) : null;
		if (body == null) {
			throw (repeatable != null)
					? new RequestRefusedException(ProblemType.BODY_TOO_LARGE,
							"The body of a request with a key may have at most " + this.maxBodySize + " bytes")
					: new IllegalStateException("The filter that makes bodies repeatable did not see this request; "
							+ "do not replace the request on its way to the DispatcherServlet");
		}
		return "body " + hex(isJson(type) ? this.fingerprinter.fingerprint(body) : null, body);
	}

	private static boolean isJson(String type) {
		String bare = type.split(";", 2)[0].strip();
		return bare.equals("application/json") || bare.endsWith("+json");
	}

	private static byte[] form(Map<String, String[]> parameters) {
		StringBuilder text = new StringBuilder();
		new TreeMap<>(parameters).forEach((name, values) -> {
			part(text, name);
			Arrays.stream(values).forEach((value) -> part(text, value));
			text.append('\n');
		});
		return text.toString().getBytes(StandardCharsets.UTF_8);
	}

	private static String parts(HttpServletRequest request) throws IOException, ServletException {
		StringBuilder text = new StringBuilder();
		for (Part part : request.getParts()) {
			part(text, part.getName());
			part(text, String.valueOf(part.getSubmittedFileName()));
			part(text, String.valueOf(part.getContentType()));
			part(text, digest(part));
			text.append('\n');
		}
		return hex(text.toString().getBytes(StandardCharsets.UTF_8));
	}

	private static void part(StringBuilder text, String value) {
		text.append(value.length()).append(':').append(value);
	}

	private static String digest(Part part) throws IOException {
		try (InputStream content = part.getInputStream();
				DigestInputStream digested = new DigestInputStream(content, MessageDigest.getInstance("SHA-256"))) {
			digested.transferTo(OutputStream.nullOutputStream());
			return HexFormat.of().formatHex(digested.getMessageDigest().digest());
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	private static String hex(byte[] content) {
		return hex(null, content);
	}

	private static String hex(@Nullable Fingerprint canonical, byte[] content) {
		return HexFormat.of().formatHex(((canonical != null) ? canonical : Fingerprint.of(content)).bytes());
	}

}
