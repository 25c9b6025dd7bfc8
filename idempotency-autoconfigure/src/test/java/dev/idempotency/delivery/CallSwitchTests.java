// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.idempotency.effect.FlowPausedException;
import dev.idempotency.flow.Flow;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.flow.FlowMode;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.flow.InboxMode;
import dev.idempotency.flow.Semantics;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

class CallSwitchTests {

	private final FlowCatalogue catalogue = new FlowCatalogue();

	private FlowMode configured = FlowMode.ACTIVE;

	private final CallSwitch calls = new CallSwitch(this.catalogue, (flow) -> policy());

	CallSwitchTests() {
		flow("orders", Flow.Kind.HTTP);
		flow("payment", Flow.Kind.KAFKA_LISTENER);
		flow("kafka:orders", Flow.Kind.OUTBOX);
	}

	@Test
	void pausedFlowRefusesItsCallersUntilItIsResumed() {
		assertThatNoException().isThrownBy(() -> pass("orders"));
		assertThat(this.calls.change("orders", FlowMode.PAUSED)).isTrue();
		assertThat(this.calls.modes()).isEqualTo(Map.of("orders", FlowMode.PAUSED));
		assertThatExceptionOfType(FlowPausedException.class).isThrownBy(() -> pass("orders"))
			.withMessageContaining("resume it");
		this.calls.change("orders", FlowMode.ACTIVE);
		assertThatNoException().isThrownBy(() -> pass("orders"));
	}

	@Test
	void flowIsPausedByConfiguration() {
		this.configured = FlowMode.PAUSED;
		assertThatExceptionOfType(FlowPausedException.class).isThrownBy(() -> pass("orders"));
		assertThatExceptionOfType(FlowPausedException.class).isThrownBy(() -> pass("of a template"));
	}

	@Test
	void messageThatHasBegunIsHandledToTheEnd() {
		this.configured = FlowMode.PAUSED;
		assertThatNoException().isThrownBy(() -> pass("payment"));
		assertThat(this.calls.change("payment", FlowMode.PAUSED)).isFalse();
	}

	@Test
	void callersAreNeverGivenAShadow() {
		assertThat(this.calls.objection("orders", FlowMode.SHADOW)).contains("callers wait for an effect");
		assertThat(this.calls.objection("orders", FlowMode.PAUSED)).isNull();
		assertThat(this.calls.objection("payment", FlowMode.SHADOW)).isNull();
	}

	private void pass(String flow) {
		this.calls.pass(flow, policy());
	}

	private FlowPolicy policy() {
		return new FlowPolicy(null, "", "", Duration.ofDays(1), Duration.ofSeconds(1),
				new FlowPolicy.Identity(null, true),
				new FlowPolicy.Retry(3, Duration.ofMillis(1), Duration.ofMillis(2), null), InboxMode.AUTO, null,
				this.configured);
	}

	private void flow(String name, Flow.Kind kind) {
		this.catalogue.add(new Flow(name, kind, "here", Semantics.EFFECTIVELY_ONCE, "", "", null, "", "", List.of()));
	}

}
