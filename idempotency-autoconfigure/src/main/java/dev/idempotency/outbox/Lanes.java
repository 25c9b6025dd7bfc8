// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.outbox;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * Maps keys to lanes, the unit of order and of relay ownership. The mapping never
 * changes: 32-bit FNV-1a (draft-eastlake-fnv) of the UTF-8 key, its halves folded, modulo
 * the number of lanes.
 */
public final class Lanes {

	/** Number of lanes. */
	public static final int COUNT = 64;

	private static final int FNV_OFFSET = 0x811c9dc5;

	private static final int FNV_PRIME = 0x01000193;

	private Lanes() {
	}

	/**
	 * The lane of a message.
	 * @param key its key, if order matters
	 * @param id its id, which spreads messages without a key
	 * @return a lane from 0 to {@value #COUNT} - 1
	 */
	public static int of(@Nullable String key, String id) {
		int hash = FNV_OFFSET;
		for (byte part : ((key != null) ? key : id).getBytes(StandardCharsets.UTF_8)) {
			hash = (hash ^ (part & 0xff)) * FNV_PRIME;
		}
		return Math.floorMod(hash ^ (hash >>> 16), COUNT);
	}

}
