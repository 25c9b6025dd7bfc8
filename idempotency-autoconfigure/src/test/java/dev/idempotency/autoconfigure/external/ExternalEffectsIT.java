// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.external;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import com.zaxxer.hikari.HikariDataSource;
import dev.idempotency.autoconfigure.ExternalAutoConfiguration;
import dev.idempotency.autoconfigure.IdempotencyAutoConfiguration;
import dev.idempotency.autoconfigure.JdbcStoreAutoConfiguration;
import dev.idempotency.autoconfigure.JsonAutoConfiguration;
import dev.idempotency.autoconfigure.OutboxAutoConfiguration;
import dev.idempotency.autoconfigure.web.RestClientIdempotencyAutoConfiguration;
import dev.idempotency.autoconfigure.web.WebClientIdempotencyAutoConfiguration;
import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectInDoubtException;
import dev.idempotency.effect.EffectInProgressException;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.effect.EffectReconciler;
import dev.idempotency.effect.EffectTemplate;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.effect.InDoubtEffect;
import dev.idempotency.effect.InvalidIdentityException;
import dev.idempotency.effect.Resolution;
import dev.idempotency.effect.UnprotectedEffectException;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.inbox.InDoubtEffects;
import dev.idempotency.testing.FaultyDataSource;
import dev.idempotency.testing.JdbcEvent;
import dev.idempotency.testing.JdbcFault;
import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestTemplateAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * An application that charges and mails, with its clients, on PostgreSQL.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExternalEffectsIT {

	private TestDatabase database;

	private ChargingProvider provider;

	private ApplicationContextRunner runner;

	@BeforeAll
	void open() {
		this.database = SharedPostgres.open();
		HikariDataSource pool = this.database.pool(8);
		pool.setConnectionTimeout(2000);
		this.runner = new ApplicationContextRunner().withBean(FaultyDataSource.class, () -> new FaultyDataSource(pool))
			.withPropertyValues("idempotency.outbox.relay.enabled=false", "idempotency.inbox.wait-for=100ms",
					"idempotency.external.lease=1s", "idempotency.external.sweep-interval=100ms",
					"idempotency.external.reconcile-interval=100ms",
					"idempotency.flows.payment.external.provider=stripe",
					"idempotency.flows.payment.external.hosts=localhost",
					"idempotency.flows.payment.external.max-attempts=3",
					"idempotency.flows.other-key.external.provider=generic",
					"idempotency.flows.by-rest-template.external.provider=generic",
					"idempotency.flows.by-web-client.external.provider=generic",
					"idempotency.flows.decline.external.reject-on=" + Declined.class.getName())
			.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
					DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class,
					JdbcTemplateAutoConfiguration.class, IdempotencyAutoConfiguration.class,
					JdbcStoreAutoConfiguration.class, JsonAutoConfiguration.class, OutboxAutoConfiguration.class,
					ExternalAutoConfiguration.class, RestClientAutoConfiguration.class,
					RestTemplateAutoConfiguration.class, RestClientIdempotencyAutoConfiguration.class,
					WebClientIdempotencyAutoConfiguration.class))
			.withUserConfiguration(Application.class);
	}

	@AfterAll
	void close() {
		this.database.close();
	}

	@BeforeEach
	void startProvider() {
		this.provider = new ChargingProvider();
	}

	@AfterEach
	void stopProvider() {
		this.provider.close();
	}

	private void run(ContextConsumer<AssertableApplicationContext> test) {
		this.runner.run((context) -> {
			assertThat(context).hasNotFailed();
			context.getBean(JdbcTemplate.class).update("DELETE FROM idempotency_claim");
			context.getBean(Application.class).uri = this.provider.uri();
			test.accept(context);
		});
	}

	@Test
	void anAnswerThatIsLostIsAskedForUnderTheSameKeyAndChargesOnce() {
		run((context) -> {
			Payments payments = context.getBean(Payments.class);
			this.provider.answer(ChargingProvider.Answer.CUT);
			assertThatExceptionOfType(ResourceAccessException.class).isThrownBy(() -> payments.charge("a"));
			this.provider.answer(ChargingProvider.Answer.AT_ONCE);
			Receipt receipt = payments.charge("a");
			assertThat(payments.charge("a")).isEqualTo(receipt).isEqualTo(new Receipt("charge-0-a"));
			assertThat(this.provider.keys()).hasSize(2)
				.allMatch(this.provider.keys().get(0)::equals)
				.allMatch((key) -> key.matches("[0-9a-f-]{36}"));
			assertThat(this.provider.charges()).isOne();
		});
	}

	@Test
	void aReadTimeoutAfterTheChargeRepeatsSafely() {
		run((context) -> {
			this.provider.answer(ChargingProvider.Answer.NEVER);
			assertThatExceptionOfType(ResourceAccessException.class)
				.isThrownBy(() -> context.getBean(Payments.class).charge("a"));
			this.provider.answer(ChargingProvider.Answer.AT_ONCE);
			context.getBean(Payments.class).charge("a");
			assertThat(this.provider.charges()).isOne();
		});
	}

	@Test
	void withoutAKeyALostAnswerIsParkedAsDoubt() {
		run((context) -> {
			Payments payments = context.getBean(Payments.class);
			this.provider.answer(ChargingProvider.Answer.CUT);
			assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> payments.mail("a"));
			this.provider.answer(ChargingProvider.Answer.AT_ONCE);
			assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> payments.mail("a"));
			assertThat(this.provider.keys()).containsExactly("null");
			assertThat(context.getBean(InDoubtEffects.class).oldest(10)).singleElement()
				.satisfies((effect) -> assertThat(effect.key().id()).isEqualTo("a"));
		});
	}

	@Test
	void aConnectionThatWasRefusedMayBeTriedAgainUnderBothContracts() {
		run((context) -> {
			Payments payments = context.getBean(Payments.class);
			int port = this.provider.port();
			this.provider.close();
			assertThatExceptionOfType(ResourceAccessException.class).isThrownBy(() -> payments.charge("a"))
				.withCauseInstanceOf(ConnectException.class);
			assertThatExceptionOfType(ResourceAccessException.class).isThrownBy(() -> payments.mail("a"));
			this.provider = new ChargingProvider(port);
			payments.charge("a");
			payments.mail("a");
			assertThat(this.provider.charges()).isEqualTo(2);
		});
	}

	@Test
	void anErrorThatSticksIsNotRepeatedForEver() {
		run((context) -> {
			Payments payments = context.getBean(Payments.class);
			this.provider.answer(ChargingProvider.Answer.ERROR);
			for (int i = 0; i < 5; i++) {
				assertThat(failure(() -> payments.charge("a"))).isNotNull();
			}
			assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> payments.charge("a"));
			assertThat(this.provider.keys()).hasSize(3);
		});
	}

	@Test
	void aNoIsANoForEver() {
		run((context) -> {
			Payments payments = context.getBean(Payments.class);
			assertThatExceptionOfType(Declined.class).isThrownBy(() -> payments.decline("a"));
			payments.decline("a");
			assertThat(context.getBean(Application.class).events)
				.anyMatch((event) -> event instanceof EffectEvent.Duplicate);
		});
	}

	@Test
	void insideATransactionItIsRefused() {
		run((context) -> {
			TransactionTemplate transaction = new TransactionTemplate(
					context.getBean(PlatformTransactionManager.class));
			assertThatExceptionOfType(UnprotectedEffectException.class)
				.isThrownBy(
						() -> transaction.executeWithoutResult((status) -> context.getBean(Payments.class).mail("a")))
				.withMessageContaining("idempotency.flows.mail.external.allow-in-transaction=true");
			assertThat(this.provider.keys()).isEmpty();
		});
	}

	@Test
	void whereATransactionIsAllowedItsRollbackLeavesTheEffectCompletedAndSaysSo() {
		this.runner.withPropertyValues("idempotency.flows.mail.external.allow-in-transaction=true").run((context) -> {
			context.getBean(JdbcTemplate.class).update("DELETE FROM idempotency_claim");
			Application application = context.getBean(Application.class);
			application.uri = this.provider.uri();
			new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
				.executeWithoutResult((status) -> {
					context.getBean(Payments.class).mail("a");
					status.setRollbackOnly();
				});
			context.getBean(Payments.class).mail("a");
			assertThat(this.provider.keys()).hasSize(1);
			assertThat(application.events).filteredOn(EffectEvent.OutlivedRollback.class::isInstance).hasSize(1);
		});
	}

	@Test
	void anOutcomeThatCannotBeStoredAtOnceIsStoredLater() {
		run((context) -> {
			FaultyDataSource database = context.getBean(FaultyDataSource.class);
			database.before(JdbcEvent.statement("SET status = ?"), JdbcFault.connectionLost().times(1));
			database.after(JdbcEvent.statement("SET status = ?"), JdbcFault.connectionLost().times(1));
			context.getBean(Payments.class).mail("a");
			context.getBean(Payments.class).mail("a");
			assertThat(this.provider.keys()).hasSize(1);
		});
	}

	@Test
	void anOutcomeThatCannotBeStoredAtAllNeverLeadsToASecondCall() {
		run((context) -> {
			FaultyDataSource database = context.getBean(FaultyDataSource.class);
			Payments payments = context.getBean(Payments.class);
			database.before(JdbcEvent.statement("SET status = ?"), JdbcFault.connectionLost());
			assertThat(failure(() -> payments.mail("a"))).isNotNull();
			database.heal();
			Awaitility.await()
				.untilAsserted(() -> assertThatExceptionOfType(EffectInDoubtException.class)
					.isThrownBy(() -> payments.mail("a")));
			assertThat(this.provider.keys()).hasSize(1);
		});
	}

	@Test
	void aStoreThatIsAwayRefusesTheCall() {
		run((context) -> {
			context.getBean(FaultyDataSource.class)
				.before(JdbcEvent.statement("INSERT INTO idempotency_claim"), JdbcFault.connectionLost());
			assertThat(failure(() -> context.getBean(Payments.class).mail("a"))).isNotNull();
			assertThat(this.provider.keys()).isEmpty();
		});
	}

	@Test
	void theKeyGoesToTheHostsOfTheFlowOnly() {
		run((context) -> {
			context.getBean(Application.class).uri = URI
				.create("http://127.0.0.1:" + this.provider.port() + "/charges");
			context.getBean(Payments.class).charge("a");
			assertThat(this.provider.keys()).containsExactly("null");
		});
	}

	@Test
	void anotherKeyIsRefusedBeforeItIsSent() {
		run((context) -> {
			assertThatExceptionOfType(InvalidIdentityException.class)
				.isThrownBy(() -> context.getBean(Payments.class).chargeUnder("a", "mine"));
			assertThat(this.provider.keys()).isEmpty();
		});
	}

	@Test
	void restTemplateAndWebClientSendItToo() {
		run((context) -> {
			context.getBean(Payments.class).chargeByRestTemplate("a");
			context.getBean(Payments.class).chargeByWebClient("b");
			context.getBean(Application.class).restTemplate.postForObject(this.provider.uri(), "outside", String.class);
			assertThat(this.provider.keys()).hasSize(3).doesNotHaveDuplicates();
			assertThat(this.provider.keys().get(2)).isEqualTo("null");
			assertThat(this.provider.keys().subList(0, 2)).doesNotContain("null");
		});
	}

	@Test
	void theTemplateKeepsTheSamePromise() {
		run((context) -> {
			EffectTemplate template = context.getBean(EffectTemplate.class);
			assertThatExceptionOfType(EffectInDoubtException.class)
				.isThrownBy(() -> template.execute(EffectContract.EXTERNAL_AT_MOST_ONCE, "sms", "a", null, () -> {
					throw new IOException("unclear");
				}));
			assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> template
				.execute(EffectContract.EXTERNAL_AT_MOST_ONCE, "sms", "a", null, () -> "never called"));
		});
	}

	@Test
	void aReconcilerLeadsOutOfDoubt() {
		run((context) -> {
			this.provider.answer(ChargingProvider.Answer.CUT);
			assertThatExceptionOfType(EffectInDoubtException.class)
				.isThrownBy(() -> context.getBean(Payments.class).letter("a"));
			Awaitility.await().until(() -> context.getBean(InDoubtEffects.class).oldest(10).isEmpty());
			context.getBean(Payments.class).letter("a");
			assertThat(this.provider.keys()).hasSize(1);
			assertThat(context.getBean(Application.class).events).filteredOn(EffectEvent.Resolved.class::isInstance)
				.singleElement()
				.matches((event) -> ((EffectEvent.Resolved) event).how() == Resolution.HAPPENED);
		});
	}

	@Test
	void aConcurrentCallIsInProgress() {
		run((context) -> {
			Payments payments = context.getBean(Payments.class);
			List<Throwable> failures = new CopyOnWriteArrayList<>();
			context.getBean(Application.class).inside = () -> failures
				.add(CompletableFuture.supplyAsync(() -> failure(() -> payments.slow("a"))).join());
			payments.slow("a");
			assertThat(failures).singleElement().isInstanceOf(EffectInProgressException.class);
		});
	}

	@Test
	void whoSendsAKeyMustSayToWhom() {
		this.runner.withUserConfiguration(Unnamed.class)
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.isInstanceOf(ContradictionException.class)
				.hasMessageContaining("idempotency.flows.unnamed.external.provider"));
	}

	@Test
	void anUnknownProviderStopsTheStart() {
		this.runner.withPropertyValues("idempotency.flows.mail.external.provider=acme")
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("provider 'acme'"));
	}

	@Test
	void aProviderCanBeDescribed() {
		this.runner
			.withPropertyValues("idempotency.flows.payment.external.provider=acme",
					"idempotency.external.providers.acme.header=Idempotency-Key",
					"idempotency.external.providers.acme.max-length=24",
					"idempotency.external.providers.acme.charset=alphanumeric",
					"idempotency.external.providers.acme.retention=6h")
			.run((context) -> {
				context.getBean(JdbcTemplate.class).update("DELETE FROM idempotency_claim");
				context.getBean(Application.class).uri = this.provider.uri();
				context.getBean(Payments.class).charge("a");
				assertThat(this.provider.keys()).singleElement().asString().matches("[0-9a-f]{24}");
			});
	}

	private static @Nullable Throwable failure(Runnable call) {
		try {
			call.run();
			return null;
		}
		catch (RuntimeException ex) {
			return ex;
		}
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
			this.application.webClient.post()
				.uri(this.application.uri)
				.bodyValue(id)
				.retrieve()
				.bodyToMono(String.class)
				.block();
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
	static class Unnamed {

		@Bean
		Nameless nameless() {
			return new Nameless();
		}

	}

	static class Nameless {

		@ExactlyOnceEffect(flow = "unnamed", key = "#id", contract = EffectContract.EXTERNAL_WITH_KEY)
		public void charge(String id) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Application implements EffectListener {

		private final List<EffectEvent> events = new CopyOnWriteArrayList<>();

		private final RestClient restClient;

		private final RestTemplate restTemplate;

		private final WebClient webClient;

		private volatile URI uri;

		private volatile Runnable inside = () -> {
		};

		Application(RestClient.Builder rest, RestTemplateBuilder template, ObjectProvider<WebClient.Builder> web) {
			JdkClientHttpRequestFactory factory = new JdkClientHttpRequestFactory(HttpClient.newHttpClient());
			factory.setReadTimeout(Duration.ofMillis(500));
			this.restClient = rest.requestFactory(factory).build();
			this.restTemplate = template.requestFactory(() -> factory).build();
			this.webClient = web.getObject().build();
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
