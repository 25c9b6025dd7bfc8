// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.flow;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares the semantics of a listener that has no effect annotation, so that no choice
 * is left implicit. {@code idempotency.flows.<name>.semantics} says the same from
 * outside.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface DeliverySemantics {

	/**
	 * The semantics of this listener.
	 * @return the semantics
	 */
	Semantics value();

	/**
	 * Name of the flow; by default the listener's id.
	 * @return the flow name, or an empty string
	 */
	String flow() default "";

	/**
	 * Why this choice is right for this flow.
	 * @return the rationale
	 */
	String rationale();

	/**
	 * Who answers for it.
	 * @return the owner, or an empty string
	 */
	String owner() default "";

}
