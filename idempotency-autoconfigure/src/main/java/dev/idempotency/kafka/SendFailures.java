// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/**
 * Tells what a failed send says about the message, the broker and the producer.
 */
final class SendFailures {

	private SendFailures() {
	}

	/**
	 * Whether the broker answered, and will answer any repetition the same way.
	 * @param failure what the producer said
	 * @return {@code false} if the message may be fine
	 */
	static boolean isRefusal(Throwable failure) {
		if (failure instanceof SerializationException || failure instanceof IllegalArgumentException) {
			return true;
		}
		return failure instanceof ApiException && !(failure instanceof RetriableException)
				&& !(failure instanceof UnknownServerException) && !isFatal(failure);
	}

	/**
	 * Whether the producer that failed is of no further use.
	 * @param failure what the producer said
	 * @return {@code true} if it must be replaced
	 */
	static boolean isFatal(Throwable failure) {
		if (failure instanceof InterruptException || failure instanceof SerializationException) {
			return false;
		}
		if (failure instanceof ApiException) {
			return failure instanceof ProducerFencedException || failure instanceof OutOfOrderSequenceException
					|| failure instanceof InvalidProducerEpochException || failure instanceof InvalidPidMappingException
					|| failure instanceof AuthenticationException || failure instanceof ClusterAuthorizationException
					|| failure instanceof UnsupportedVersionException;
		}
		return failure instanceof KafkaException || failure instanceof IllegalStateException;
	}

}
