// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.external;

import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.effect.EffectReconciler;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.effect.InDoubtEffect;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * An application that charges and mails, with its clients.
 */
final class ExternalApplication {

	private ExternalApplication() {
	}

	record Receipt(String charge) {
	}

	static class Declined extends RuntimeException {

	}

	static class Payments {

		private final Application application;

		Payments(Application application) {
			this.application = application;
		}

		@ExactlyOnceEffect(flow = "payment", key = "#id", contract = EffectContract.EXTERNAL_WITH_KEY)
		public Receipt charge(String id) {
			return new Receipt(this.application.post(id, Map.of()));
		}

		@ExactlyOnceEffect(flow = "other-key", key = "#id", contract = EffectContract.EXTERNAL_WITH_KEY)
		public void chargeUnder(String id, String key) {
			this.application.post(id, Map.of("Idempotency-Key", key));
		}

		@ExactlyOnceEffect(flow = "by-rest-template", key = "#id", contract = EffectContract.EXTERNAL_WITH_KEY)
		public void chargeByRestTemplate(String id) {
			this.application.restTemplate.postForObject(this.application.uri, id, String.class);
		}

		@ExactlyOnceEffect(flow = "by-web-client", key = "#id", contract = EffectContract.EXTERNAL_WITH_KEY)
		public void chargeByWebClient(String id) {
			this.application.exchange(id).block();
		}

		@ExactlyOnceEffect(flow = "by-retry", key = "#id", contract = EffectContract.EXTERNAL_WITH_KEY)
		public void chargeByRetry(String id) {
			this.application.exchange(id)
				.retryWhen(Retry.backoff(1, Duration.ofMillis(1))
					.doBeforeRetry((signal) -> this.application.beforeRetry.run()))
				.block();
		}

		@ExactlyOnceEffect(flow = "on-another-thread", key = "#id", contract = EffectContract.EXTERNAL_AT_MOST_ONCE)
		public void mailOnAnotherThread(String id) throws ConnectException {
			this.application.exchange(id).subscribeOn(Schedulers.boundedElastic()).block();
			throw new ConnectException("that of a second request");
		}

		@ExactlyOnceEffect(flow = "by-another-client", key = "#id", contract = EffectContract.EXTERNAL_WITH_KEY)
		public void chargeByAnotherClient(String id) {
			RestClient.create().post().uri(this.application.uri).body(id).retrieve().body(String.class);
		}

		@ExactlyOnceEffect(flow = "mail", key = "#id", contract = EffectContract.EXTERNAL_AT_MOST_ONCE)
		public void mail(String id) {
			this.application.post(id, Map.of());
		}

		@ExactlyOnceEffect(flow = "letter", key = "#id", contract = EffectContract.EXTERNAL_AT_MOST_ONCE)
		public void letter(String id) {
			this.application.post(id, Map.of());
		}

		@ExactlyOnceEffect(flow = "slow", key = "#id", contract = EffectContract.EXTERNAL_AT_MOST_ONCE)
		public void slow(String id) {
			this.application.inside.run();
		}

		@ExactlyOnceEffect(flow = "decline", key = "#id", contract = EffectContract.EXTERNAL_AT_MOST_ONCE)
		public void decline(String id) {
			throw new Declined();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Application implements EffectListener {

		final List<EffectEvent> events = new CopyOnWriteArrayList<>();

		private final RestClient restClient;

		final RestTemplate restTemplate;

		private final WebClient webClient;

		volatile URI uri;

		volatile Runnable inside = () -> {
		};

		volatile Runnable beforeRetry = () -> {
		};

		Application(RestClient.Builder rest, RestTemplateBuilder template, ObjectProvider<WebClient.Builder> web) {
			JdkClientHttpRequestFactory factory = new JdkClientHttpRequestFactory(HttpClient.newHttpClient());
			factory.setReadTimeout(Duration.ofMillis(500));
			this.restClient = rest.requestFactory(factory).build();
			this.restTemplate = template.requestFactory(() -> factory).build();
			this.webClient = web.getObject().build();
		}

		Mono<String> exchange(String id) {
			return this.webClient.post().uri(this.uri).bodyValue(id).retrieve().bodyToMono(String.class);
		}

		String post(String id, Map<String, String> headers) {
			return this.restClient.post()
				.uri(this.uri)
				.headers((all) -> headers.forEach(all::set))
				.body(id)
				.retrieve()
				.body(String.class);
		}

		@Override
		public void on(EffectEvent event) {
			this.events.add(event);
		}

		@Bean
		static EffectReconciler letters() {
			return new EffectReconciler() {

				@Override
				public String flow() {
					return "letter";
				}

				@Override
				public Answer reconcile(InDoubtEffect effect) {
					return Answer.HAPPENED;
				}

			};
		}

		@Bean
		static Payments payments(Application application) {
			return new Payments(application);
		}

		@Bean
		@Scope("prototype")
		static WebClient.Builder webClientBuilder() {
			return WebClient.builder();
		}

	}

}
