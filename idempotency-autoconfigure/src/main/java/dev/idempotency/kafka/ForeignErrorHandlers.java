// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.CommonLoggingErrorHandler;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.FailedRecordProcessor;

/**
 * What is known of error handlers that are the application's own.
 */
final class ForeignErrorHandlers {

	private ForeignErrorHandlers() {
	}

	static boolean isOurs(CommonErrorHandler handler) {
		return handler instanceof EffectErrorHandler || handler instanceof AtMostOnceErrorHandler;
	}

	/**
	 * Whether a handler is sure to acknowledge what it gives up and to keep no copy. A
	 * recoverer of the application's may keep one.
	 */
	static boolean givesUpSilently(CommonErrorHandler handler) {
		if (handler instanceof CommonLoggingErrorHandler) {
			return true;
		}
		Object recoverer = (handler instanceof DefaultErrorHandler) ? recoverer(handler) : null;
		Object loggingOne = recoverer(new DefaultErrorHandler());
		return recoverer != null && loggingOne != null && recoverer.getClass() == loggingOne.getClass();
	}

	/**
	 * The recoverer is private. Where it cannot be read nothing is claimed of it.
	 */
	private static @Nullable Object recoverer(CommonErrorHandler handler) {
		Object tracker = ListenerMethods.read(FailedRecordProcessor.class, "failureTracker", handler);
		return (tracker != null) ? ListenerMethods.read(tracker.getClass(), "recoverer", tracker) : null;
	}

}
