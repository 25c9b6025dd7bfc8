// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.io.IOException;

import com.rabbitmq.client.Channel;
import dev.idempotency.delivery.NotAcknowledgedException;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;

import org.springframework.amqp.core.MessageProperties;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

class FirstAcknowledgementTests {

	private final Channel channel = mock();

	private final FirstAcknowledgement acknowledgement = new FirstAcknowledgement();

	@Test
	void questionFollowsTheAcknowledgementOnItsChannel() throws IOException {
		this.acknowledgement.acknowledge(this.channel, message(7), false);
		InOrder order = inOrder(this.channel);
		order.verify(this.channel).basicAck(7, false);
		order.verify(this.channel).queueDeclarePassive("telemetry");
	}

	@Test
	void withoutAnAnswerNothingIsAcknowledged() throws IOException {
		given(this.channel.queueDeclarePassive("telemetry")).willThrow(new IOException("cut"));
		assertThatExceptionOfType(NotAcknowledgedException.class)
			.isThrownBy(() -> this.acknowledgement.acknowledge(this.channel, message(7), false))
			.withMessageContaining("telemetry#7");
	}

	@Test
	void messagesOfOneTagAreAcknowledgedOnce() throws IOException {
		this.acknowledgement.acknowledge(this.channel, message(7), false);
		this.acknowledgement.acknowledge(this.channel, message(7), false);
		this.acknowledgement.acknowledge(this.channel, message(8), false);
		verify(this.channel, times(1)).basicAck(7, false);
		verify(this.channel, times(1)).basicAck(8, false);
	}

	private static MessageProperties message(long tag) {
		MessageProperties properties = new MessageProperties();
		properties.setDeliveryTag(tag);
		properties.setConsumerQueue("telemetry");
		return properties;
	}

}
