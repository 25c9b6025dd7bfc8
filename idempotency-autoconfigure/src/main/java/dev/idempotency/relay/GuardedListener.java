// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

/**
 * Keeps failures of a listener away from the relay.
 */
final class GuardedListener implements RelayListener {

	private final RelayListener delegate;

	GuardedListener(RelayListener delegate) {
		this.delegate = delegate;
	}

	@Override
	public void on(RelayEvent event) {
		try {
			this.delegate.on(event);
		}
		catch (Throwable ex) {
			Outage.LOGGER.warn("The relay listener {} failed on {}", this.delegate, event.getClass().getSimpleName(),
					ex);
		}
	}

}
