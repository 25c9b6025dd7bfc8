// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import dev.idempotency.flow.FlowMode;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.AbstractMessageListenerContainer;

/**
 * A listener that consumes, has a shadow that looks on, or neither; never both, so that a
 * node counts nothing twice.
 */
final class Switched {

	private final InspectedListener listener;

	private final @Nullable String objection;

	private final ShadowContainers shadows;

	private @Nullable AbstractMessageListenerContainer<?, ?> shadow;

	Switched(InspectedListener listener, @Nullable String objection, ShadowContainers shadows) {
		this.listener = listener;
		this.objection = objection;
		this.shadows = shadows;
	}

	@Nullable String objection() {
		return (this.objection != null) ? this.listener.where() + " cannot be a shadow: " + this.objection : null;
	}

	synchronized FlowMode mode() {
		if (this.listener.container().isRunning()) {
			return FlowMode.ACTIVE;
		}
		return (this.shadow != null) ? FlowMode.SHADOW : FlowMode.PAUSED;
	}

	/**
	 * Does what is configured for the start, where the container does not do it itself.
	 */
	void begin() {
		if (this.listener.policy().mode() == FlowMode.SHADOW && this.objection == null) {
			change(FlowMode.SHADOW);
		}
	}

	synchronized void change(FlowMode mode) {
		if (mode != FlowMode.SHADOW) {
			endShadow();
		}
		if (mode == FlowMode.ACTIVE) {
			this.listener.container().start();
			return;
		}
		this.listener.container().stop(() -> {
		});
		if (mode == FlowMode.SHADOW && this.shadow == null) {
			AbstractMessageListenerContainer<?, ?> fresh = this.shadows.of(this.listener);
			fresh.start();
			this.shadow = fresh;
		}
	}

	synchronized void endShadow() {
		AbstractMessageListenerContainer<?, ?> ended = this.shadow;
		this.shadow = null;
		if (ended != null) {
			ended.stop();
		}
	}

}
