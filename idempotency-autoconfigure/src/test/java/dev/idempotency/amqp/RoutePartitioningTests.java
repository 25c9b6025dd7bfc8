// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.amqp.core.CustomExchange;
import org.springframework.amqp.core.DirectExchange;
import org.springframework.amqp.core.Exchange;
import org.springframework.amqp.core.FanoutExchange;
import org.springframework.amqp.core.HeadersExchange;
import org.springframework.amqp.core.TopicExchange;

import static org.assertj.core.api.Assertions.assertThat;

class RoutePartitioningTests {

	@ParameterizedTest
	@ValueSource(strings = { "rabbit:", "rabbit:amq.direct", "rabbit:amq.topic", "rabbit:amq.fanout", "rabbit:d",
			"rabbit:t", "rabbit:f" })
	void exchangesThatGoByTheRoutingKeyAreNumbered(String destination) {
		RoutePartitioning partitioning = of(new DirectExchange("d"), new TopicExchange("t"), new FanoutExchange("f"));
		assertThat(partitioning.refusal(destination)).isNull();
		assertThat(partitioning.count(destination)).isEqualTo(RoutePartitioning.MOST_ROUTES);
	}

	@ParameterizedTest
	@ValueSource(strings = { "rabbit:amq.headers", "rabbit:amq.match", "rabbit:h", "rabbit:c", "rabbit:late" })
	void exchangesThatChooseByAnythingElseAreNot(String destination) {
		DirectExchange late = new DirectExchange("late");
		late.setDelayed(true);
		RoutePartitioning partitioning = of(new HeadersExchange("h"), new CustomExchange("c", "x-consistent-hash"),
				late);
		assertThat(partitioning.count(destination)).isZero();
		assertThat(partitioning.refusal(destination)).contains("is of type");
	}

	@Test
	void anExchangeNobodyDeclaresIsNotNumberedAndTheReasonSaysWhatToDo() {
		assertThat(of().count("rabbit:orders")).isZero();
		assertThat(of().refusal("rabbit:orders"))
			.isEqualTo("the type of exchange 'orders' is not known: declare it as a bean of this application");
	}

	@Test
	void anExchangeDeclaredTwiceWithSeveralTypesIsOfNoType() {
		assertThat(of(new DirectExchange("x"), new HeadersExchange("x")).count("rabbit:x")).isZero();
		assertThat(of(new DirectExchange("x"), new DirectExchange("x")).count("rabbit:x")).isPositive();
	}

	private static RoutePartitioning of(Exchange... exchanges) {
		Map<String, String> types = ExchangeTypes.of(List.of(exchanges));
		return new RoutePartitioning(() -> types);
	}

}
