// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;

import org.springframework.boot.WebApplicationType;

/**
 * Requests answered by Tomcat on the loopback interface, one after the other on one
 * connection.
 */
final class HttpMeasurement implements Measurement {

	private static final String PROTECTED = "handler protected by the key";

	private final Environment environment;

	private final int requests;

	private final String origin;

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private List<Payment> payments = List.of();

	HttpMeasurement(Environment environment, Scale scale) {
		this.environment = environment;
		this.requests = scale.of(2_000);
		this.origin = "http://127.0.0.1:" + environment.calls(WebApplicationType.SERVLET)
			.getEnvironment()
			.getRequiredProperty("local.server.port") + "/";
	}

	@Override
	public String title() {
		return "An HTTP handler that inserts one row";
	}

	@Override
	public String work() {
		return this.requests + " requests of about 500 bytes by one client, all with an Idempotency-Key";
	}

	@Override
	public List<Figure> figures() {
		return Calls.FIGURES;
	}

	@Override
	public List<Variant> variants() {
		return List.of(variant("handler without protection", PaymentController.PLAIN, false),
				variant(PROTECTED, PaymentController.PROTECTED, false),
				variant("stored answers, replayed", PaymentController.PROTECTED, true));
	}

	private Variant variant(String name, String handler, boolean replayed) {
		return Variant.of(name, () -> Calls.each(this.payments, (payment) -> {
			HttpResponse<String> answer = this.client.send(request(handler, payment),
					HttpResponse.BodyHandlers.ofString());
			if (answer.statusCode() != 201 || answer.headers().map().containsKey("Idempotent-Replayed") != replayed) {
				throw new IllegalStateException(name + ": " + answer + " " + answer.headers() + " " + answer.body());
			}
		}));
	}

	private HttpRequest request(String handler, Payment payment) {
		return HttpRequest.newBuilder(URI.create(this.origin + handler))
			.header("Content-Type", "application/json")
			.header("Idempotency-Key", '"' + payment.id() + '"')
			.POST(HttpRequest.BodyPublishers.ofString(payment.json()))
			.build();
	}

	/**
	 * What is replayed was answered before.
	 */
	@Override
	public int fixed() {
		return 1;
	}

	@Override
	public void prepare() {
		this.payments = Payment.some(this.requests);
	}

	@Override
	public void verify(int rounds) {
		this.environment.expectRows(Tables.of(PaymentController.PLAIN), (long) rounds * this.requests);
		this.environment.expectRows(Tables.of(PaymentController.PROTECTED), (long) rounds * this.requests);
	}

}
