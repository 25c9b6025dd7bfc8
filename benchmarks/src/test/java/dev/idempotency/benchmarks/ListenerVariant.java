// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import org.jspecify.annotations.Nullable;

/**
 * A listener to be measured, which writes to {@link Tables#of Tables.of(id)}.
 *
 * @param name what it is called in the report
 * @param id id of the listener
 * @param topic where its records come from
 * @param base what it is compared with, {@code null} for the first one
 * @param target what the ratio should reach, {@code null} for none
 */
record ListenerVariant(String name, String id, String topic, @Nullable ListenerVariant base, @Nullable Double target) {

	static ListenerVariant of(String name, String id, String topic) {
		return new ListenerVariant(name, id, topic, null, null);
	}

	/**
	 * Whether its records are those that others applied in the same round.
	 */
	boolean repeats() {
		return this.topic.equals(Topics.REPEATED);
	}

	ListenerVariant atLeast(double ratio, ListenerVariant of) {
		return new ListenerVariant(this.name, this.id, this.topic, of, ratio);
	}

	Variant variant(Variant.Work work) {
		Variant variant = Variant.of(this.name, work);
		variant = (this.base != null) ? variant.against(this.base.name()) : variant;
		return (this.target != null) ? variant.target(this.target) : variant;
	}

}
