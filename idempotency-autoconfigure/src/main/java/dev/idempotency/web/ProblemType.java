// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web;

/**
 * Why a request was refused or has no answer. The names are part of the wire format.
 */
enum ProblemType {

	/** No key where one is required. */
	KEY_MISSING("key-missing", 400, "Idempotency key is missing"),

	/** A key that cannot be used. */
	KEY_MALFORMED("key-malformed", 400, "Idempotency key is malformed"),

	/** The request with the same key is still being worked on. */
	IN_PROGRESS("in-progress", 409, "A request with this idempotency key is in progress"),

	/** Nobody knows whether the first request had its effect. */
	IN_DOUBT("in-doubt", 409, "The outcome of the request with this idempotency key is in doubt"),

	/** The database or what is behind it does not answer. */
	UNAVAILABLE("unavailable", 503, "The request cannot be handled now"),

	/** The request was decided and refused; what was answered then is not kept. */
	REJECTED("rejected", 409, "The request with this idempotency key was rejected"),

	/** The key was used before with another request. */
	KEY_REUSED("key-reused", 422, "Idempotency key is already used"),

	/** A body too large to tell whether it was seen before. */
	BODY_TOO_LARGE("body-too-large", 413, "Request body is too large"),

	/** The request had its effect, but its answer is not there or cannot be read. */
	RESULT_UNAVAILABLE("result-unavailable", 500, "The stored answer is unavailable");

	private final String id;

	private final int status;

	private final String title;

	ProblemType(String id, int status, String title) {
		this.id = id;
		this.status = status;
		this.title = title;
	}

	String id() {
		return this.id;
	}

	int status() {
		return this.status;
	}

	String title() {
		return this.title;
	}

}
