// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web;

import java.security.Principal;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Whose keys a request's are. Two callers may choose the same key; only within one scope
 * does it name the same request.
 */
@FunctionalInterface
public interface KeyScope {

	/**
	 * The scope of a request.
	 * @param request the request, after authentication
	 * @return a stable name of the caller or tenant, {@code null} for callers who are not
	 * known, who then all share one scope
	 */
	@Nullable String of(HttpServletRequest request);

	/**
	 * The name of the authenticated principal.
	 * @return the default
	 */
	static KeyScope principal() {
		return (request) -> {
			Principal principal = request.getUserPrincipal();
			return (principal != null) ? principal.getName() : null;
		};
	}

}
