// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

/**
 * Webhooks on Spring MVC: the signature first, over the bytes as they arrived, then one
 * effect per delivery. The verifiers reach the JDK only.
 */
@NullMarked
package dev.idempotency.web.webhook;

import org.jspecify.annotations.NullMarked;
