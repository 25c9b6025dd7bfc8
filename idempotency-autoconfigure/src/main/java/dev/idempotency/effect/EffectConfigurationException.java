// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The application is set up so that an effect could not be kept from repeating or from
 * getting lost. Thrown when the application starts, or by the first call where the start
 * could not see it; lists everything that was found, not only the first.
 */
public final class EffectConfigurationException extends EffectException {

	private final transient List<Problem> problems;

	public EffectConfigurationException(Problem problem) {
		this(List.of(problem));
	}

	public EffectConfigurationException(List<Problem> problems) {
		super(problems.stream()
			.map(Problem::toString)
			.collect(Collectors.joining("\n- ", "Effects cannot be protected:\n- ", "")));
		this.problems = List.copyOf(problems);
	}

	/**
	 * What was found.
	 * @return at least one problem, in a stable order
	 */
	public List<Problem> problems() {
		return this.problems;
	}

	/**
	 * One thing to be changed.
	 *
	 * @param location bean and method, or what else is to be changed
	 * @param found what was found there
	 * @param needed what is needed instead, and why
	 * @param fix what to do, as an imperative sentence
	 */
	public record Problem(String location, String found, String needed, String fix) {

		public Problem {
			Objects.requireNonNull(location, "location");
			Objects.requireNonNull(found, "found");
			Objects.requireNonNull(needed, "needed");
			Objects.requireNonNull(fix, "fix");
		}

		@Override
		public String toString() {
			return this.location + ": found " + this.found + "; needed " + this.needed + ". " + this.fix;
		}

	}

}
