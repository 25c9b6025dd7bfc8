// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import dev.idempotency.outbox.PayloadEncoder;
import org.jspecify.annotations.Nullable;

/**
 * How an application encodes what it sends to one kind of broker.
 *
 * @param transport name of the transport
 * @param encoder its encoder, {@code null} if the application has chosen none
 */
public record EncoderOfAdapter(String transport, @Nullable PayloadEncoder encoder) {

}
