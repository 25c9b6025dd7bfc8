// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.flow;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The application is set up in a way that cannot keep the semantics of its flows. Thrown
 * when it starts, or by the first call where the start could not see it; lists everything
 * that was found, not only the first.
 */
public final class ContradictionException extends RuntimeException {

	private final transient List<Contradiction> contradictions;

	/**
	 * Creates the exception.
	 * @param contradiction what contradicts
	 */
	public ContradictionException(Contradiction contradiction) {
		this(List.of(contradiction));
	}

	/**
	 * Creates the exception.
	 * @param contradictions what contradicts, at least one
	 */
	public ContradictionException(List<Contradiction> contradictions) {
		super(contradictions.stream().map(Contradiction::toString).collect(Collectors.joining("\n")));
		this.contradictions = List.copyOf(contradictions);
	}

	/**
	 * What contradicts.
	 * @return the contradictions
	 */
	public List<Contradiction> contradictions() {
		return this.contradictions;
	}

}
