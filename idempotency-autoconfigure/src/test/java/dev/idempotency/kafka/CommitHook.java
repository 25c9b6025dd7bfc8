// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

import org.apache.kafka.clients.consumer.Consumer;

/**
 * Does something before each commit of a consumer.
 */
final class CommitHook {

	private CommitHook() {
	}

	@SuppressWarnings("unchecked")
	static <K, V> Consumer<K, V> on(Consumer<K, V> target, Runnable before) {
		return (Consumer<K, V>) Proxy.newProxyInstance(CommitHook.class.getClassLoader(),
				new Class<?>[] { Consumer.class }, (proxy, method, arguments) -> {
					if (method.getName().equals("commitSync")) {
						before.run();
					}
					try {
						return method.invoke(target, arguments);
					}
					catch (InvocationTargetException ex) {
						throw ex.getTargetException();
					}
				});
	}

}
