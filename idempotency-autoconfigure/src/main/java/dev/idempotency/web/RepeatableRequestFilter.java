// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web;

import java.io.IOException;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.core.Ordered;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Makes the bodies of requests with a key readable twice. Holds nothing back: the handler
 * is known only later, and only then is anything read.
 */
final class RepeatableRequestFilter extends OncePerRequestFilter implements Ordered {

	/** Inside of whatever authenticates, decodes and logs. */
	private static final int ORDER = LOWEST_PRECEDENCE - 10;

	private final HttpSettings settings;

	RepeatableRequestFilter(HttpSettings settings) {
		this.settings = settings;
	}

	@Override
	public int getOrder() {
		return ORDER;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		boolean keyed = request.getHeader(this.settings.header()) != null;
		chain.doFilter(keyed ? new RepeatableRequest(request) : request, response);
	}

}
