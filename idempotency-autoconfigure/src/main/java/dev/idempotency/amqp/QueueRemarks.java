// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.springframework.amqp.core.Queue;

/**
 * What the declaration of a queue says about losing its messages. AMQP 0-9-1 cannot be
 * asked how a queue was declared, so this speaks only of queues the application declares.
 */
final class QueueRemarks {

	private static final String DEAD_LETTER = "x-dead-letter-exchange";

	private QueueRemarks() {
	}

	static List<String> of(List<String> names, Collection<Queue> declared) {
		List<String> remarks = new ArrayList<>();
		for (String name : names) {
			List<Queue> found = declared.stream().filter((queue) -> name.equals(queue.getName())).toList();
			found.forEach((queue) -> add(queue, remarks));
			if (found.isEmpty()) {
				remarks.add("queue '" + name + "' is not declared here and was not checked");
			}
		}
		return remarks;
	}

	private static void add(Queue queue, List<String> remarks) {
		Map<String, Object> arguments = queue.getArguments();
		String name = "queue '" + queue.getName() + "' ";
		if (!queue.isDurable()) {
			remarks.add(name + "is not durable: a restart of the broker loses it");
		}
		if (queue.isExclusive() || queue.isAutoDelete()) {
			remarks.add(name + "is exclusive or auto-delete: its messages are lost when the consumer goes");
		}
		if (arguments.containsKey(DEAD_LETTER)) {
			return;
		}
		if (arguments.containsKey("x-delivery-limit")) {
			remarks.add(name + "drops messages at its delivery limit of " + arguments.get("x-delivery-limit") + ": set "
					+ DEAD_LETTER);
		}
		else if ("quorum".equals(arguments.get("x-queue-type"))) {
			remarks.add(name + "drops messages at the broker's default delivery limit: set " + DEAD_LETTER
					+ ", or x-delivery-limit to -1");
		}
		if (arguments.containsKey("x-message-ttl") || arguments.containsKey("x-max-length")
				|| arguments.containsKey("x-max-length-bytes")) {
			remarks.add(name + "drops messages by age or length: set " + DEAD_LETTER);
		}
	}

}
