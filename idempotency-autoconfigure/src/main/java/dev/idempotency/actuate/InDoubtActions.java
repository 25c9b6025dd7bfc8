// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.actuate;

import java.util.Locale;

import dev.idempotency.effect.Resolution;
import dev.idempotency.inbox.InDoubtEffects;

/**
 * Decides about effects in doubt for operators.
 */
final class InDoubtActions {

	private final InDoubtEffects effects;

	InDoubtActions(InDoubtEffects effects) {
		this.effects = effects;
	}

	OperatorResult resolve(String operation, String id, String principal) {
		Resolution how = Resolution.valueOf(operation.toUpperCase(Locale.ROOT).replace('-', '_'));
		return this.effects.resolve(id, how, principal) ? OperatorResult.done(0, switch (how) {
			case HAPPENED -> "completed, without a result";
			case GIVE_UP -> "rejected, it is never run";
			case DID_NOT_HAPPEN -> "the next call runs it, under a new provider key if it has one";
			case RETRY -> "the next call runs it, under the same provider key if it has one; it may happen twice";
		}) : OperatorResult.unknown("no effect is in doubt under this id; somebody may have decided before");
	}

}
