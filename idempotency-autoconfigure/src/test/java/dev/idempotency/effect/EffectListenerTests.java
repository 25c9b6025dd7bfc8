// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EffectListenerTests {

	@Test
	void failingListenerNeitherReachesTheEffectNorTheOtherListeners() {
		List<EffectEvent> heard = new ArrayList<>();
		EffectListener all = EffectListener.all(List.of((event) -> {
			throw new IllegalStateException("broken listener");
		}, heard::add));
		EffectEvent event = new EffectEvent.Filtered("flow");
		all.on(event);
		assertThat(heard).containsExactly(event);
	}

}
