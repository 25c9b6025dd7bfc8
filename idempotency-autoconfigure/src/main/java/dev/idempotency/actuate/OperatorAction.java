// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.actuate;

import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * What an operator asked for.
 *
 * @param part part of the endpoint
 * @param operation what to do, empty if nothing was said
 * @param id the message, if it is about one
 * @param flow the flow, if it is about many of its messages
 * @param limit how many at most
 * @param destination the destination of a halted key
 * @param key the halted key
 */
record OperatorAction(String part, String operation, @Nullable String id, @Nullable String flow,
		@Nullable Integer limit, @Nullable String destination, @Nullable String key) {

	private static final int MAX_LIMIT = 1000;

	static final String USAGE = "POST to 'parked' takes {\"operation\":\"replay\",\"id\":\"...\"}, "
			+ "{\"operation\":\"discard\",\"id\":\"...\"} or {\"operation\":\"replay\",\"flow\":\"...\",\"limit\":n} "
			+ "with n from 1 to " + MAX_LIMIT + "; POST to 'outbox' takes "
			+ "{\"operation\":\"resume\",\"destination\":\"...\",\"key\":\"...\"}, "
			+ "{\"operation\":\"resend\",\"id\":\"...\"} or {\"operation\":\"discard\",\"id\":\"...\"}; "
			+ "POST to 'flows' takes {\"operation\":\"pause\",\"flow\":\"...\"} or shadow, resume instead of pause; "
			+ "POST to 'in-doubt' "
			+ "takes {\"operation\":\"happened\",\"id\":\"...\"} or did-not-happen, retry, give-up instead of happened";

	/**
	 * Whether it names all it is about and nothing else.
	 */
	boolean isValid() {
		return switch (this.part + " " + this.operation) {
			case "parked replay" -> isAboutOne() || isAboutMany();
			case "parked discard", "outbox resend", "outbox discard" -> isAboutOne();
			case "in-doubt happened", "in-doubt did-not-happen", "in-doubt retry", "in-doubt give-up" -> isAboutOne();
			case "outbox resume" -> isAboutKey();
			case "flows pause", "flows resume", "flows shadow" -> isAboutFlow();
			default -> false;
		};
	}

	private boolean isAboutOne() {
		return this.id != null && allNull(this.flow, this.limit, this.destination, this.key);
	}

	private boolean isAboutMany() {
		return this.flow != null && this.limit != null && this.limit >= 1 && this.limit <= MAX_LIMIT
				&& allNull(this.id, this.destination, this.key);
	}

	private boolean isAboutKey() {
		return this.destination != null && this.key != null && allNull(this.id, this.flow, this.limit);
	}

	private boolean isAboutFlow() {
		return this.flow != null && allNull(this.id, this.limit, this.destination, this.key);
	}

	private static boolean allNull(@Nullable Object... values) {
		return Stream.of(values).allMatch(Objects::isNull);
	}

	/**
	 * What it is about, for people.
	 */
	String target() {
		if (this.id != null) {
			return this.part + " " + this.id;
		}
		if (this.flow != null && this.limit == null) {
			return "flow " + this.flow;
		}
		return (this.flow != null) ? "at most " + this.limit + " of flow " + this.flow
				: "key " + this.key + " of " + this.destination;
	}

}
