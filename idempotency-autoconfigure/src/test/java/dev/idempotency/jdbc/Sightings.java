// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Messages in the order in which somebody saw them. Each is {@code key/number}, and the
 * numbers of a key rise in the order of its commits.
 */
final class Sightings {

	private final List<String> ids = new ArrayList<>();

	void add(String id) {
		this.ids.add(id);
	}

	int size() {
		return this.ids.size();
	}

	Set<String> lost(Collection<String> committed) {
		Set<String> lost = new HashSet<>(committed);
		this.ids.forEach(lost::remove);
		return lost;
	}

	List<String> duplicated() {
		Set<String> once = new HashSet<>();
		return this.ids.stream().filter((id) -> !once.add(id)).toList();
	}

	List<String> inverted() {
		Map<String, Integer> last = new HashMap<>();
		List<String> inverted = new ArrayList<>();
		for (String id : this.ids) {
			int slash = id.indexOf('/');
			int number = Integer.parseInt(id.substring(slash + 1));
			if (last.merge(id.substring(0, slash), number, Math::max) > number) {
				inverted.add(id);
			}
		}
		return inverted;
	}

}
