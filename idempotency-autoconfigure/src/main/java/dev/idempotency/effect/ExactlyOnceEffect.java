// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes the business effect of a method happen once per identity, however often it is
 * called or its message is delivered. "Exactly once" speaks of the effect inside the
 * stated boundary, never of delivery: a broker may deliver again at any time.
 * <p>
 * With {@link EffectContract#LOCAL} the method runs in one database transaction, opened
 * with the attributes of its own {@code @Transactional} if there is one. The claim is the
 * first statement of that transaction and the outcome commits with the business writes
 * and the messages given to the outbox. A repeated call of a {@code void} method returns
 * without running the body; a repeated call of any other method returns the result that
 * was stored with the effect, as the method's return type of today, or throws
 * {@link DuplicateEffectException} where none was stored and {@link ResultException}
 * where it cannot be read. A result that cannot be stored rolls the effect back.
 * <p>
 * What cannot be kept is refused when the application starts: methods that no proxy can
 * advise, futures and publishers, {@code REQUIRES_NEW}, read-only transactions,
 * transaction managers of another {@code DataSource}.
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
public @interface ExactlyOnceEffect {

	/**
	 * Stable name of the flow, the consumer part of every identity. Renaming it forgets
	 * what was already done.
	 * @return the flow name, at most 100 characters
	 */
	String flow();

	/**
	 * SpEL expression that yields the identity, evaluated once, before the body, without
	 * side effects. It reads properties of the arguments ({@code #order.id},
	 * {@code #p0}), of the message ({@code #headers['tenant']}, {@code #delivery.key})
	 * and, in methods without parameters, of the time ({@code {#now.year,
	 * #now.dayOfYear}}, in UTC). Several parts go into a list: {@code {#order.tenant,
	 * #order.id}}. The value must be a string, number, UUID, enum constant, boolean or
	 * {@code java.time} value, or a record or collection of such. When empty, the
	 * identity comes from the delivered message.
	 * @return the expression, or an empty string
	 */
	String key() default "";

	/**
	 * Namespace of the identity given by {@link #key()}, for ids that are unique per
	 * origin only.
	 * @return the source, or an empty string for the flow itself
	 */
	String source() default "";

	/**
	 * What kind of effect this is.
	 * @return the contract
	 */
	EffectContract contract() default EffectContract.LOCAL;

}
