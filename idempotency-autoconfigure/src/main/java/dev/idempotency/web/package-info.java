// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * HTTP requests that have their effect once: handler methods of Spring MVC take their
 * identity from {@code Idempotency-Key}, and repeated requests get the stored answer.
 * Requests that go out of an effect carry its key.
 */
@NullMarked
package dev.idempotency.web;

import org.jspecify.annotations.NullMarked;
