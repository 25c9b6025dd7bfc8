// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.lang.reflect.Proxy;

import dev.idempotency.outbox.OutboxRecord;

/**
 * A fake store that several threads may use.
 */
final class SharedStore {

	private final FakeStore store;

	SharedStore(FakeStore store) {
		this.store = store;
	}

	LaneStore lanes() {
		return guarded(LaneStore.class);
	}

	RelayStore messages() {
		return guarded(RelayStore.class);
	}

	OutboxRecord write(OutboxRecord draft) {
		synchronized (this.store) {
			OutboxRecord row = this.store.insert(draft);
			this.store.commit(row);
			return row;
		}
	}

	int waiting() {
		synchronized (this.store) {
			return this.store.waiting.size();
		}
	}

	private <T> T guarded(Class<T> type) {
		return type
			.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, (proxy, method, arguments) -> {
				synchronized (this.store) {
					return method.invoke(this.store, arguments);
				}
			}));
	}

}
