// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web.webhook;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a Spring MVC handler method as the receiver of a webhook. What reaches it has a
 * valid signature; the id the sender gave the delivery is the identity of the
 * {@code @ExactlyOnceEffect} that the method must have. A delivery that comes again is
 * answered with a 2xx status and does not run the method.
 * <p>
 * Sender and secrets are configured under {@code idempotency.webhooks.<name>}; without
 * them the application does not start.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface WebhookEndpoint {

	/**
	 * Name of the endpoint in the configuration, part of every identity: renaming it
	 * forgets what was already received.
	 * @return the name
	 */
	String value();

}
