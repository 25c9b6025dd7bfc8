// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.flow;

import java.util.Objects;

/**
 * A setting that contradicts the semantics of a flow.
 *
 * @param where the listener or bean
 * @param found what was found
 * @param needed what is needed, and why
 * @param fix what to do, an imperative sentence
 */
public record Contradiction(String where, String found, String needed, String fix) {

	public Contradiction {
		Objects.requireNonNull(where, "where");
		Objects.requireNonNull(found, "found");
		Objects.requireNonNull(needed, "needed");
		Objects.requireNonNull(fix, "fix");
	}

	@Override
	public String toString() {
		return this.where + ": found " + this.found + ", needed " + this.needed + ". " + this.fix;
	}

}
