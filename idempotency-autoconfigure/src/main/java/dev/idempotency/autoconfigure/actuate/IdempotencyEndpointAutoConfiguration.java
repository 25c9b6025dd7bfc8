// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.actuate;

import dev.idempotency.actuate.IdempotencyEndpoint;
import dev.idempotency.actuate.OperatorActions;
import dev.idempotency.autoconfigure.OutboxAutoConfiguration;
import dev.idempotency.autoconfigure.OutboxRelay;
import dev.idempotency.delivery.FlowSwitch;
import dev.idempotency.delivery.ParkedMessages;
import dev.idempotency.delivery.Replays;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.inbox.InDoubtEffects;
import dev.idempotency.inbox.MissingMessages;
import dev.idempotency.relay.ParkedOutbox;
import dev.idempotency.sli.EffectSlis;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for the endpoint {@code idempotency}.
 */
@AutoConfiguration(after = OutboxAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(IdempotencyEndpoint.class)
public final class IdempotencyEndpointAutoConfiguration {

	IdempotencyEndpointAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	IdempotencyEndpoint idempotencyEndpoint(FlowCatalogue catalogue, EffectSlis slis, OutboxRelay relay,
			ParkedMessages parked, ParkedOutbox outbox, MissingMessages missing, Replays replays,
			InDoubtEffects inDoubt, ObjectProvider<FlowSwitch> switches, ObjectProvider<EffectListener> listeners,
			ApplicationEventPublisher events) {
		return new IdempotencyEndpoint(catalogue, slis, relay::status, parked, outbox, missing, inDoubt,
				new OperatorActions(replays, outbox, inDoubt, () -> switches.stream().toList(),
						EffectListener.all(listeners.orderedStream().toList()),
						(audited) -> events.publishEvent(new AuditApplicationEvent(audited))));
	}

}
