// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import dev.idempotency.delivery.Delivery;
import dev.idempotency.delivery.MessageIdentities;
import dev.idempotency.delivery.MessageIdentity;
import dev.idempotency.flow.FlowPolicy;
import org.junit.jupiter.api.Test;

import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;

import static org.assertj.core.api.Assertions.assertThat;

class DeliveredMessageTests {

	private static final FlowPolicy.Identity POLICY = new FlowPolicy.Identity(null, true);

	private final MessageProperties properties = new MessageProperties();

	@Test
	void bothPrefixesOfTheCloudEventsBindingAreRead() {
		this.properties.setHeader("cloudEvents:id", "e-1");
		this.properties.setHeader("cloudEvents_source", "/orders");
		assertThat(MessageIdentities.of(read(), POLICY))
			.isEqualTo(new MessageIdentity(MessageIdentity.Kind.CLOUD_EVENT, "/orders", "e-1"));
	}

	@Test
	void messageIdIsAnIdentity() {
		this.properties.setMessageId("m-1");
		assertThat(MessageIdentities.of(read(), POLICY).kind()).isEqualTo(MessageIdentity.Kind.MESSAGE_ID);
	}

	@Test
	void positionIsNoIdentityAndNeverTheSame() {
		assertThat(read().positionIsIdentity()).isFalse();
		assertThat(read().position()).startsWith("orders#7@tag").isNotEqualTo(read().position());
	}

	@Test
	void headersAreTextAndTheBodyIsWhatCame() {
		this.properties.setHeader("attempt", 3);
		this.properties.setReceivedRoutingKey("order.created");
		this.properties.setRedelivered(true);
		Delivery delivery = read();
		assertThat(delivery.headers()).containsEntry("attempt", "3");
		assertThat(delivery.key()).isEqualTo("order.created");
		assertThat(delivery.redelivered()).isTrue();
		assertThat(delivery.original().get().body()).containsExactly(1, 2);
		assertThat(delivery.content()).isEqualTo(new byte[] { 1, 2 });
	}

	private Delivery read() {
		this.properties.setConsumerQueue("orders");
		this.properties.setConsumerTag("tag");
		this.properties.setDeliveryTag(7);
		return DeliveredMessage.read(new Message(new byte[] { 1, 2 }, this.properties));
	}

}
