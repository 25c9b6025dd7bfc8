// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.external;

import java.math.BigDecimal;
import java.util.Optional;

import dev.idempotency.effect.CurrentEffect;
import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectReconciler;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.effect.InDoubtEffect;

import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * What the guide shows.
 */
final class ExternalListings {

	private ExternalListings() {
	}

	record Order(String id, BigDecimal amount) {
	}

	record Receipt(String charge) {
	}

	/**
	 * A client of a provider, as providers bring it.
	 */
	interface ProviderClient {

		Optional<Receipt> find(String order);

		Receipt charge(Order order, String idempotencyKey);

	}

	/**
	 * Sends mail.
	 */
	interface Mail {

		void send(String order);

	}

	@Component
	static class Payments {

		private final RestClient restClient;

		private final Mail mail;

		Payments(RestClient.Builder builder, Mail mail) {
			this.restClient = builder.build();
			this.mail = mail;
		}

		@ExactlyOnceEffect(flow = "payment", key = "#order.id", contract = EffectContract.EXTERNAL_WITH_KEY)
		public Receipt charge(Order order) {
			return this.restClient.post().uri("/v1/charges").body(order).retrieve().body(Receipt.class);
		}

		@ExactlyOnceEffect(flow = "confirmation", key = "#order.id", contract = EffectContract.EXTERNAL_AT_MOST_ONCE)
		public void confirm(Order order) {
			this.mail.send(order.id());
		}

	}

	@Component
	static class ForeignPayments {

		private final ProviderClient provider;

		ForeignPayments(ProviderClient provider) {
			this.provider = provider;
		}

		@ExactlyOnceEffect(flow = "payment", key = "#order.id", contract = EffectContract.EXTERNAL_WITH_KEY)
		public Receipt charge(Order order) {
			CurrentEffect effect = CurrentEffect.get();
			return this.provider.charge(order, effect.idempotencyKey().orElseThrow());
		}

	}

	@Component
	static class PaymentReconciler implements EffectReconciler {

		private final ProviderClient provider;

		PaymentReconciler(ProviderClient provider) {
			this.provider = provider;
		}

		@Override
		public String flow() {
			return "payment";
		}

		@Override
		public Answer reconcile(InDoubtEffect effect) {
			return this.provider.find(effect.key().id()).map((charge) -> Answer.HAPPENED).orElse(Answer.UNKNOWN);
		}

	}

}
