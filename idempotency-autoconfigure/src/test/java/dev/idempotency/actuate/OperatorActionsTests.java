// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.actuate;

import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.idempotency.delivery.FlowSwitch;
import dev.idempotency.delivery.MemoryReplays;
import dev.idempotency.delivery.ParkedMessages;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.flow.FlowMode;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.inbox.InDoubtEffects;
import dev.idempotency.inbox.MissingMessages;
import dev.idempotency.relay.ParkedOutbox;
import dev.idempotency.relay.RelayStatus;
import dev.idempotency.sli.EffectSlis;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.endpoint.SecurityContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

class OperatorActionsTests {

	private final List<AuditEvent> audited = new ArrayList<>();

	private final List<EffectEvent> events = new ArrayList<>();

	private final ParkedOutbox outbox = mock();

	private final FlowSwitch flows = mock();

	private final IdempotencyEndpoint endpoint = new IdempotencyEndpoint(new FlowCatalogue(), new EffectSlis(),
			() -> new RelayStatus(false, 0, List.of()), mock(ParkedMessages.class), this.outbox,
			mock(MissingMessages.class), effects(), new OperatorActions(new MemoryReplays().replays(), this.outbox,
					effects(), () -> List.of(this.flows), this.events::add, this.audited::add));

	@Test
	void whoAskedIsOnRecord() {
		given(this.outbox.resend(any())).willReturn(ParkedOutbox.Resend.WAITING);
		this.endpoint.operate("outbox", "resend", "1", null, null, null, null, by("ada"));
		this.endpoint.operate("outbox", "resend", "1", null, null, null, null, SecurityContext.NONE);
		assertThat(this.audited).extracting(AuditEvent::getPrincipal).containsExactly("ada", "anonymous");
	}

	@Test
	void whatFailedIsOnRecord() {
		given(this.outbox.resume(any(), any())).willThrow(new IllegalStateException("database away"));
		assertThatIllegalStateException().isThrownBy(() -> this.endpoint.operate("outbox", "resume", null, null, null,
				"kafka:orders", "k", SecurityContext.NONE));
		assertThat(this.audited).singleElement()
			.satisfies((event) -> assertThat(event.getData()).isEqualTo(Map.of("operation", "resume", "target",
					"key k of kafka:orders", "result", "FAILED: java.lang.IllegalStateException: database away")));
	}

	@Test
	void flowIsPausedAndResumedOnRecord() {
		given(this.flows.change("telemetry", FlowMode.PAUSED)).willReturn(true);
		given(this.flows.change("telemetry", FlowMode.ACTIVE)).willReturn(true);
		for (String operation : List.of("pause", "resume")) {
			assertThat(this.endpoint.operate("flows", operation, null, "telemetry", null, null, null, by("ada"))
				.getStatus()).isEqualTo(200);
		}
		assertThat(this.endpoint.operate("flows", "pause", null, "unknown", null, null, null, by("ada")).getStatus())
			.isEqualTo(404);
		assertThat(this.endpoint.operate("flows", "pause", null, null, null, null, null, by("ada")).getStatus())
			.isEqualTo(400);
		assertThat(this.audited).extracting((event) -> event.getData().get("operation"))
			.containsExactly("pause", "resume", "pause");
		assertThat(this.audited.get(0).getData()).containsEntry("target", "flow telemetry");
		assertThat(this.events).containsExactly(new EffectEvent.ModeChanged("telemetry", "PAUSED", "ada"),
				new EffectEvent.ModeChanged("telemetry", "ACTIVE", "ada"));
	}

	@Test
	void aModeThatWouldLoseMessagesIsRefusedAndChangesNothing() {
		given(this.flows.objection("telemetry", FlowMode.SHADOW)).willReturn("consumers compete");
		assertThat(this.endpoint.operate("flows", "shadow", null, "telemetry", null, null, null, by("ada")))
			.satisfies((answer) -> assertThat(answer.getStatus()).isEqualTo(409))
			.satisfies((answer) -> assertThat(answer.getBody().toString()).contains("consumers compete"));
		verify(this.flows, never()).change(any(), any());
		assertThat(this.events).isEmpty();
		assertThat(this.audited).hasSize(1);
	}

	@Test
	void modesOfFlowsAreShown() {
		given(this.flows.modes()).willReturn(Map.of("telemetry", FlowMode.PAUSED));
		assertThat(this.endpoint.part("flows"))
			.isEqualTo(new IdempotencyEndpoint.Modes(Map.of("telemetry", FlowMode.PAUSED)));
	}

	@Test
	void aDecisionAboutDoubtIsOnRecord() {
		this.endpoint.operate("in-doubt", "happened", "0", null, null, null, null, by("ada"));
		assertThat(this.audited).singleElement()
			.satisfies((event) -> assertThat(event.getData()).containsEntry("operation", "happened")
				.containsEntry("target", "in-doubt 0"));
	}

	@Test
	void whatWasDoneIsNotCalledFailedBecauseItsRecordCouldNotBeKept() {
		given(this.outbox.resend(any())).willReturn(ParkedOutbox.Resend.WAITING);
		List<Object> recorded = new ArrayList<>();
		OperatorActions actions = new OperatorActions(new MemoryReplays().replays(), this.outbox, effects(), List::of,
				this.events::add, (event) -> {
					recorded.add(event.getData().get("result"));
					throw new IllegalStateException("audit away");
				});
		OperatorResult result = actions.perform(new OperatorAction("outbox", "resend", "1", null, null, null, null),
				"ada");
		assertThat(result.result().status()).isEqualTo(200);
		assertThat(recorded).singleElement().asString().startsWith("DONE");
	}

	private static InDoubtEffects effects() {
		return new InDoubtEffects(mock(), mock(), mock(), EffectListener.NO_OP);
	}

	private static SecurityContext by(String name) {
		return new SecurityContext() {

			@Override
			public Principal getPrincipal() {
				return () -> name;
			}

			@Override
			public boolean isUserInRole(String role) {
				return false;
			}

		};
	}

}
