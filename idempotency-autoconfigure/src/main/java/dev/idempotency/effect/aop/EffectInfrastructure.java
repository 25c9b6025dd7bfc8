// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.time.Clock;
import java.util.function.Supplier;

import javax.sql.DataSource;

import dev.idempotency.delivery.CallSwitch;
import dev.idempotency.delivery.EffectGroups;
import dev.idempotency.delivery.ListenerFlows;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.effect.EffectTemplate;
import dev.idempotency.effect.Fingerprinter;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.flow.FlowPolicies;
import dev.idempotency.inbox.LocalEffects;

import org.springframework.aop.Advisor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Makes what applies effects to beans. The advisor and the post-processor are created
 * before other beans, so everything they need is supplied when first used.
 */
public final class EffectInfrastructure {

	private final EffectMethods methods = new EffectMethods();

	private final ConfigurableListableBeanFactory beans;

	private final EffectIdentities identities;

	private final EffectTransactions transactions;

	private final Supplier<LocalEffects> effects;

	private final EffectFlows flows;

	private final Supplier<FlowPolicies> policies;

	private final ExternalMethods external;

	/**
	 * Creates the infrastructure of one application context.
	 * @param beans the context's bean factory
	 * @param dataSource the database of the inbox
	 * @param effects the protocol
	 * @param policies what is configured per flow
	 * @param fingerprinter digests content
	 * @param listener hears about refused calls
	 * @param catalogue takes the annotated methods that are no broker listeners
	 * @param gate refuses calls of paused flows
	 * @param clock gives {@code #now} its time and zone
	 */
	public EffectInfrastructure(ConfigurableListableBeanFactory beans, Supplier<DataSource> dataSource,
			Supplier<LocalEffects> effects, Supplier<FlowPolicies> policies, Supplier<Fingerprinter> fingerprinter,
			Supplier<EffectListener> listener, Supplier<FlowCatalogue> catalogue, Supplier<CallSwitch> gate,
			Clock clock) {
		this.beans = beans;
		this.identities = new EffectIdentities(policies, fingerprinter, listener, gate, clock);
		this.transactions = new EffectTransactions(beans, new TransactionManagers(beans, dataSource));
		this.effects = effects;
		this.policies = policies;
		this.flows = new EffectFlows(policies, catalogue);
		this.external = new ExternalMethods(beans, new OpenTransactions(listener));
	}

	/**
	 * The advisor; to be registered once, with
	 * {@link org.springframework.beans.factory.config.BeanDefinition#ROLE_INFRASTRUCTURE},
	 * or it is ignored where AspectJ is not on the class path.
	 * @return the advisor
	 */
	public Advisor advisor() {
		return new EffectAdvisor(this.methods, new EffectInterceptor(this.beans, this.methods, this.identities,
				this.transactions, this.effects, this.external));
	}

	/**
	 * Refuses, when the application starts, annotated methods whose effect could not be
	 * kept, and adds the others to the catalogue. Creates no bean for it.
	 * @return the post-processor; also a
	 * {@link org.springframework.beans.factory.SmartInitializingSingleton}
	 */
	public BeanPostProcessor validator() {
		return new EffectValidator(this.beans, this.methods, this.transactions, this.flows, this.policies);
	}

	/**
	 * The guarantee without a proxy.
	 * @return the template
	 */
	public EffectTemplate template() {
		return new TransactionalEffectTemplate(this.beans, this.identities, this.transactions, this.effects,
				this.external);
	}

	/**
	 * Reads flows from listener methods.
	 * @return the reader
	 */
	public ListenerFlows listenerFlows() {
		return new AnnotatedListenerFlows(this.methods);
	}

	/**
	 * Applies several messages of a listener method in one transaction.
	 * @return by listener method
	 */
	public EffectGroups groups() {
		return new AnnotatedEffectGroups(this.methods, this.identities, this.transactions, this.effects);
	}

}
