// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web.webhook;

import java.util.Set;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;

/**
 * A path that only what is signed may reach.
 *
 * @param name the endpoint
 * @param flow the flow of its handler
 * @param pattern the path
 * @param methods the HTTP methods, all if empty
 * @param verifier decides on deliveries
 * @param maxBody most bytes of a body
 */
record WebhookRoute(String name, String flow, PathPattern pattern, Set<String> methods, WebhookVerifier verifier,
		int maxBody) {

	boolean isFor(HttpServletRequest request, PathContainer path) {
		return (this.methods.isEmpty() || this.methods.contains(request.getMethod())) && this.pattern.matches(path);
	}

}
