// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import org.jspecify.annotations.Nullable;

/**
 * Brings content into canonical form and digests it, so that a field order or {@code 1}
 * against {@code 1.0} does not look like other content.
 */
@FunctionalInterface
public interface Fingerprinter {

	/**
	 * Computes the fingerprint of some content.
	 * @param content message payload or method arguments
	 * @return the fingerprint, or {@code null} when the content has no canonical form and
	 * collisions cannot be told from duplicates
	 */
	@Nullable Fingerprint fingerprint(@Nullable Object content);

}
