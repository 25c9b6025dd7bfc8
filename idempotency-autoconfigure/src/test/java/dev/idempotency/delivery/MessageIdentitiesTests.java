// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import java.util.Map;

import dev.idempotency.effect.InvalidIdentityException;
import dev.idempotency.flow.FlowPolicy;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class MessageIdentitiesTests {

	private static final Map<String, String> EVENT = Map.of("id", "e1", "source", "shop");

	private static final Map<String, String> HEADERS = Map.of("x-id", "h1");

	private final FlowPolicy.Identity all = new FlowPolicy.Identity("x-id", true);

	@Test
	void strongestIdentityWins() {
		assertThat(MessageIdentities.of(Deliveries.delivery(EVENT, HEADERS, "m1", true), this.all))
			.isEqualTo(new MessageIdentity(MessageIdentity.Kind.CLOUD_EVENT, "shop", "e1"));
		assertThat(MessageIdentities.of(Deliveries.delivery(Map.of("id", "e1"), HEADERS, "m1", true), this.all))
			.isEqualTo(new MessageIdentity(MessageIdentity.Kind.HEADER, "header:x-id", "h1"));
		assertThat(MessageIdentities.of(Deliveries.delivery(Map.of(), Map.of("x-id", " "), "m1", true), this.all))
			.isEqualTo(new MessageIdentity(MessageIdentity.Kind.MESSAGE_ID, "message-id", "m1"));
		assertThat(MessageIdentities.of(Deliveries.delivery(Map.of(), Map.of(), "", true), this.all))
			.isEqualTo(new MessageIdentity(MessageIdentity.Kind.POSITION, "position:kafka", "orders-0@42"));
	}

	@Test
	void messageWithoutUsableIdentityIsRefusedAndToldWhatToDo() {
		assertThatExceptionOfType(InvalidIdentityException.class)
			.isThrownBy(() -> MessageIdentities.of(Deliveries.delivery(Map.of(), Map.of(), null, false), this.all))
			.withMessageContaining("orders-0@42 of kafka:orders")
			.withMessageContaining("header 'x-id'")
			.withMessageContaining("idempotency.flows.<flow>.identity-header");
		assertThatExceptionOfType(InvalidIdentityException.class).isThrownBy(() -> MessageIdentities
			.of(Deliveries.delivery(Map.of(), Map.of(), null, true), new FlowPolicy.Identity(null, false)));
	}

}
