// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.web;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

import dev.idempotency.delivery.CurrentDelivery;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.flow.Flow;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.sli.FlowSli;
import dev.idempotency.web.webhook.WebhookEndpoint;
import jakarta.servlet.Filter;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * What a sender is told.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebhookTests {

	private static final String BODY = "{\"action\":\"opened\"}";

	private final WebhookApplication application = new WebhookApplication(Hooks.class,
			"idempotency.webhooks.github.secrets=new secret," + WebhookApplication.SECRET,
			"idempotency.webhooks.github.max-body=1KB", "idempotency.webhooks.stripe.provider=stripe",
			"idempotency.webhooks.stripe.secrets=whsec_stripe", "idempotency.inbox.wait-for=1s",
			"server.tomcat.threads.max=3", "server.tomcat.threads.min-spare=3");

	private int test;

	private FlowSli before;

	@BeforeEach
	void reset() {
		JdbcTemplate jdbc = this.application.bean(JdbcTemplate.class);
		jdbc.update("delete from received");
		jdbc.update("delete from idempotency_inbox");
		this.test++;
		this.before = this.application.slis("github");
		Hooks.entered = new CountDownLatch(1);
		Hooks.release = new CountDownLatch(0);
	}

	@AfterEach
	void release() {
		Hooks.release.countDown();
	}

	@AfterAll
	void stop() {
		this.application.close();
	}

	@Test
	void aDuplicateIsAnsweredWithSuccessAndDoesNotRun() {
		assertThat(deliver("1", BODY).statusCode()).isEqualTo(200);
		assertThat(deliver("1", BODY).statusCode()).isEqualTo(200);
		assertThat(deliver("2", BODY).statusCode()).isEqualTo(200);
		assertThat(this.application.count("received")).isEqualTo(2);
		assertThat(counted(FlowSli::duplicates)).isEqualTo(1);
		assertThat(counted(FlowSli::delivered)).isEqualTo(3);
	}

	@Test
	void theHandlerReadsTheBytesThatWereSigned() {
		String body = "{\"name\":\"M\u00fcller \u20ac\" }\n";
		assertThat(deliver("1", body).statusCode()).isEqualTo(200);
		assertThat(this.application.bean(JdbcTemplate.class).queryForObject("select body from received", String.class))
			.isEqualTo(body);
	}

	@Test
	void whatIsNotSignedIsRefusedBeforeAnything() {
		assertThat(post(Map.of("X-GitHub-Delivery", this.test + "-1")).statusCode()).isEqualTo(401);
		assertThat(post(Map.of("X-GitHub-Delivery", this.test + "-1", "X-Hub-Signature-256",
				WebhookApplication.signature("guessed", BODY)))
			.statusCode()).isEqualTo(401);
		assertThat(counted(FlowSli::refused)).isEqualTo(2);
		assertThat(this.application.count("received")).isZero();
		assertThat(this.application.count("idempotency_inbox")).isZero();
	}

	@Test
	void bothSecretsHoldWhileOneIsReplaced() {
		assertThat(post(Map.of("X-GitHub-Delivery", this.test + "-1", "X-Hub-Signature-256",
				WebhookApplication.signature("new secret", BODY)))
			.statusCode()).isEqualTo(200);
		assertThat(deliver("1", BODY).statusCode()).isEqualTo(200);
		assertThat(this.application.count("received")).isEqualTo(1);
	}

	@Test
	void whatHasNoIdIsABadRequest() {
		assertThat(post(Map.of("X-Hub-Signature-256", WebhookApplication.signature(WebhookApplication.SECRET, BODY)))
			.statusCode()).isEqualTo(400);
		assertThat(this.application.count("idempotency_inbox")).isZero();
	}

	@Test
	void twoValuesOfAHeaderAreNone() {
		String signature = WebhookApplication.signature(WebhookApplication.SECRET, BODY);
		assertThat(post(Map.of("X-GitHub-Delivery", "a\nb", "X-Hub-Signature-256", signature)).statusCode())
			.isEqualTo(400);
		assertThat(post(Map.of("X-GitHub-Delivery", "a", "X-Hub-Signature-256", signature + "\n" + signature))
			.statusCode()).isEqualTo(401);
		assertThat(this.application.count("received")).isZero();
	}

	@Test
	void nothingOfADeliveryStaysOnItsThread() {
		for (int i = 0; i < 10; i++) {
			deliver(String.valueOf(i), BODY);
		}
		for (int i = 0; i < 10; i++) {
			assertThat(this.application.get("/github")).isEqualTo("no webhook");
		}
	}

	@Test
	void aRejectionIsNotAskedForAgain() {
		assertThat(deliver("1", "\"reject\"").statusCode()).isEqualTo(507);
		assertThat(deliver("1", "\"reject\"").statusCode()).isEqualTo(200);
		assertThat(this.application.count("received")).isEqualTo(1);
	}

	@Test
	void aBodyIsReadUpToItsBound() {
		String largest = "\"" + "x".repeat(1022) + "\"";
		assertThat(deliver("1", largest).statusCode()).isEqualTo(200);
		assertThat(deliver("2", largest + " ").statusCode()).isEqualTo(413);
		assertThat(this.application.count("received")).isEqualTo(1);
	}

	@Test
	void anotherBodyUnderAKnownIdIsRefused() {
		assertThat(deliver("1", BODY).statusCode()).isEqualTo(200);
		assertThat(deliver("1", "{\"action\":\"closed\"}").statusCode()).isEqualTo(422);
		assertThat(counted(FlowSli::collisions)).isEqualTo(1);
	}

	@Test
	void whileTheFirstIsUnderWayTheSecondIsToComeAgain() throws Exception {
		Hooks.release = new CountDownLatch(1);
		CompletableFuture<HttpResponse<String>> first = CompletableFuture.supplyAsync(() -> deliver("1", BODY));
		assertThat(Hooks.entered.await(20, TimeUnit.SECONDS)).isTrue();
		HttpResponse<String> second = deliver("1", BODY);
		assertThat(second.statusCode()).isEqualTo(503);
		assertThat(second.headers().firstValueAsLong("Retry-After")).hasValue(1);
		Hooks.release.countDown();
		assertThat(first.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
		assertThat(deliver("1", BODY).statusCode()).isEqualTo(200);
		assertThat(this.application.count("received")).isEqualTo(1);
	}

	@Test
	void aHandlerThatFailsLeavesNothingAndTheNextAttemptRuns() {
		assertThat(deliver("1", "\"fail\"").statusCode()).isEqualTo(507);
		assertThat(this.application.count("idempotency_inbox")).isZero();
		assertThat(deliver("1", BODY).statusCode()).isEqualTo(200);
		assertThat(this.application.count("received")).isEqualTo(1);
	}

	@Test
	void theIdOfStripeIsInTheBody() {
		assertThat(stripe("{\"id\":\"evt_1\",\"pending_webhooks\":2}").statusCode()).isEqualTo(200);
		assertThat(stripe("{\"id\":\"evt_1\",\"pending_webhooks\":1}").statusCode()).isEqualTo(200);
		assertThat(stripe("{\"id\":\"evt_2\"}").statusCode()).isEqualTo(200);
		assertThat(this.application.count("received")).isEqualTo(2);
	}

	@Test
	void aHandlerThatIsReachedPastTheFilterIsGuarded() {
		assertThat(this.application.post("/forwarded", BODY.getBytes(StandardCharsets.UTF_8), Map.of()).statusCode())
			.isEqualTo(401);
		assertThat(this.application.count("received")).isZero();
		assertThat(counted(FlowSli::refused)).isEqualTo(1);
	}

	@Test
	void theSignatureOfOneSenderDoesNotLeadToTheHandlerOfAnother() {
		assertThat(post(Map.of("X-GitHub-Delivery", this.test + "-1", "X-Hub-Signature-256",
				WebhookApplication.signature(WebhookApplication.SECRET, BODY), "X-Forward", "/stripe"))
			.statusCode()).isEqualTo(401);
		assertThat(this.application.count("received")).isZero();
	}

	@Test
	void theCatalogueSaysHowTheFlowIsProtected() {
		assertThat(this.application.bean(FlowCatalogue.class).flows())
			.filteredOn((flow) -> flow.kind() == Flow.Kind.HTTP)
			.extracting(Flow::name, Flow::mechanism)
			.containsExactly(tuple("github",
					"signature of GITHUB, then inbox, id mode: claim, business writes and answer in one transaction"),
					tuple("stripe",
							"signature of STRIPE, then inbox, id mode: claim, business writes and answer in one transaction"));
	}

	private HttpResponse<String> deliver(String id, String body) {
		return this.application.deliver(this.test + "-" + id, body);
	}

	private long counted(ToLongFunction<FlowSli> indicator) {
		return indicator.applyAsLong(this.application.slis("github")) - indicator.applyAsLong(this.before);
	}

	private HttpResponse<String> post(Map<String, String> headers) {
		return this.application.post("/github", BODY.getBytes(StandardCharsets.UTF_8), headers);
	}

	private HttpResponse<String> stripe(String body) {
		long now = Instant.now().getEpochSecond();
		return this.application.post("/stripe", body.getBytes(StandardCharsets.UTF_8), Map.of("Stripe-Signature",
				"t=" + now + ",v1=" + WebhookApplication.hmac("whsec_stripe", now + "." + body)));
	}

	@RestController
	static class Hooks {

		private static CountDownLatch entered;

		private static CountDownLatch release;

		private final JdbcTemplate jdbc;

		Hooks(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
			jdbc.execute("create table received (body varchar(2000))");
		}

		@PostMapping("/github")
		@WebhookEndpoint("github")
		@Transactional(noRollbackFor = UnsupportedOperationException.class)
		@ExactlyOnceEffect(flow = "github")
		void github(@RequestBody String payload, @RequestHeader("X-GitHub-Delivery") String id)
				throws InterruptedException {
			this.jdbc.update("insert into received values (?)", payload);
			if (payload.equals("\"fail\"")) {
				throw new IllegalStateException("business");
			}
			if (payload.equals("\"reject\"")) {
				throw new UnsupportedOperationException("business");
			}
			entered.countDown();
			assertThat(release.await(20, TimeUnit.SECONDS)).isTrue();
		}

		@PostMapping("/stripe")
		@WebhookEndpoint("stripe")
		@ExactlyOnceEffect(flow = "stripe")
		void stripe(@RequestBody String payload) {
			this.jdbc.update("insert into received values (?)", payload);
		}

		/**
		 * Comes behind the filter that verifies.
		 */
		@Bean
		static Filter forwarding() {
			return (request, response, chain) -> {
				String path = ((HttpServletRequest) request).getHeader("X-Forward");
				if (path != null) {
					request.getRequestDispatcher(path).forward(request, response);
				}
				else {
					chain.doFilter(request, response);
				}
			};
		}

		@GetMapping("/github")
		String page() {
			return (CurrentDelivery.get() != null) ? "webhook" : "no webhook";
		}

		@PostMapping("/forwarded")
		void forward(HttpServletRequest request, HttpServletResponse response) throws Exception {
			RequestDispatcher dispatcher = request.getRequestDispatcher("/github");
			try {
				dispatcher.forward(request, response);
			}
			catch (ServletException ex) {
				throw new IllegalStateException(ex);
			}
		}

		@ExceptionHandler
		@ResponseStatus(code = HttpStatus.INSUFFICIENT_STORAGE)
		void everything(Exception ex) {
			assertThat(ex).isNotNull();
		}

	}

}
