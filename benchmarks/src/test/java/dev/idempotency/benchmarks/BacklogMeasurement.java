// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;
import java.util.stream.Stream;

/**
 * Whether the relay keeps its rate when more waits for it. Takes long.
 */
final class BacklogMeasurement implements Measurement {

	private static final String DESTINATION = "kafka:" + Topics.RELAYED;

	private final Environment environment;

	private final Scale scale;

	private final Backlog backlog;

	BacklogMeasurement(Environment environment, Scale scale) {
		this.environment = environment;
		this.scale = scale;
		this.backlog = new Backlog(environment);
	}

	@Override
	public String title() {
		return "The relay's rate by the size of the backlog";
	}

	@Override
	public String work() {
		return "Messages of about 500 bytes to Kafka, visible by one commit";
	}

	@Override
	public List<Figure> figures() {
		return List.of(Figure.rate("messages"));
	}

	@Override
	public List<Variant> variants() {
		return Stream.of(1_000, 100_000, 1_000_000).map((size) -> {
			int messages = (size > 1_000) ? this.scale.of(size) : size;
			Variant variant = Variant.of(messages + " waiting", () -> drain(messages)).after(this.environment::vacuum);
			return (size > 1_000) ? variant.target(0.9) : variant;
		}).toList();
	}

	private List<Double> drain(int messages) throws Exception {
		long committed = this.backlog.commit(DESTINATION, messages);
		return List.of(Variant.perSecond(messages, this.backlog.await(committed)));
	}

	@Override
	public void verify(int rounds) {
		this.environment.expectRelayed();
	}

}
