// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.SortedSet;
import java.util.TreeSet;

import dev.idempotency.outbox.Lanes;

/**
 * Shares the lanes among nodes so that every node comes to the same result alone, and a
 * node that comes or goes moves only its own share: each lane goes to the node whose hash
 * together with the lane is highest.
 */
final class Rendezvous {

	private static final long FNV_OFFSET = 0xcbf29ce484222325L;

	private static final long FNV_PRIME = 0x100000001b3L;

	private Rendezvous() {
	}

	static SortedSet<Integer> lanesOf(String node, Collection<String> nodes) {
		SortedSet<Integer> lanes = new TreeSet<>();
		for (int lane = 0; lane < Lanes.COUNT; lane++) {
			if (wins(node, nodes, lane)) {
				lanes.add(lane);
			}
		}
		return lanes;
	}

	private static boolean wins(String node, Collection<String> nodes, int lane) {
		long score = score(node, lane);
		for (String other : nodes) {
			long otherScore = score(other, lane);
			if (otherScore > score || (otherScore == score && other.compareTo(node) < 0)) {
				return false;
			}
		}
		return nodes.contains(node);
	}

	private static long score(String node, int lane) {
		long hash = FNV_OFFSET ^ lane;
		for (byte part : node.getBytes(StandardCharsets.UTF_8)) {
			hash = (hash ^ (part & 0xff)) * FNV_PRIME;
		}
		hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
		hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
		return hash ^ (hash >>> 33);
	}

}
