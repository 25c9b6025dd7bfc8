// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.external;

import javax.sql.DataSource;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.testing.FaultyDataSource;

import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.web.client.RestClient;

/**
 * An application whose listeners charge, as a process to be killed.
 */
public final class ExternalListenerNode {

	static final String WITH_KEY = "with-key";

	static final String AT_MOST_ONCE = "at-most-once";

	private ExternalListenerNode() {
	}

	/**
	 * Runs it.
	 * @param arguments properties of the application
	 */
	public static void main(String[] arguments) {
		ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.SERVLET)
			.run(arguments);
		System.out.println("READY " + context.getEnvironment().getProperty("local.server.port"));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		@ConditionalOnProperty("test.crash-point")
		static BeanPostProcessor crash(@Value("${test.crash-point}") CrashPoint point) {
			return new BeanPostProcessor() {

				@Override
				public Object postProcessAfterInitialization(Object bean, String beanName) {
					if (!(bean instanceof DataSource dataSource)) {
						return bean;
					}
					FaultyDataSource faulty = new FaultyDataSource(dataSource);
					point.stopAt(faulty);
					return faulty;
				}

			};
		}

		@Bean
		Provider provider(RestClient.Builder builder, @Value("${test.provider}") String uri) {
			return new Provider(builder.build(), uri);
		}

		@Bean
		@ConditionalOnProperty(name = "test.broker", havingValue = "kafka")
		KafkaListeners chargingByKafka(Provider provider) {
			return new KafkaListeners(provider);
		}

		@Bean
		@ConditionalOnProperty(name = "test.broker", havingValue = "rabbit")
		RabbitListeners chargingByRabbit(Provider provider) {
			return new RabbitListeners(provider);
		}

	}

	/**
	 * Charges by the client of Spring Boot.
	 *
	 * @param client knows the effect's key
	 * @param uri where to charge
	 */
	record Provider(RestClient client, String uri) {

		void charge(String order) {
			this.client.post().uri(this.uri).body(order).retrieve().toBodilessEntity();
		}

	}

	static class KafkaListeners {

		private final Provider provider;

		KafkaListeners(Provider provider) {
			this.provider = provider;
		}

		@KafkaListener(id = WITH_KEY, topics = "${test.with-key}")
		@ExactlyOnceEffect(flow = WITH_KEY, contract = EffectContract.EXTERNAL_WITH_KEY)
		void charge(String order) {
			this.provider.charge(order);
		}

		@KafkaListener(id = AT_MOST_ONCE, topics = "${test.at-most-once}")
		@ExactlyOnceEffect(flow = AT_MOST_ONCE, contract = EffectContract.EXTERNAL_AT_MOST_ONCE)
		void chargeOnce(String order) {
			this.provider.charge(order);
		}

	}

	static class RabbitListeners {

		private final Provider provider;

		RabbitListeners(Provider provider) {
			this.provider = provider;
		}

		@RabbitListener(id = WITH_KEY, queues = "${test.with-key}")
		@ExactlyOnceEffect(flow = WITH_KEY, contract = EffectContract.EXTERNAL_WITH_KEY)
		void charge(String order) {
			this.provider.charge(order);
		}

		@RabbitListener(id = AT_MOST_ONCE, queues = "${test.at-most-once}")
		@ExactlyOnceEffect(flow = AT_MOST_ONCE, contract = EffectContract.EXTERNAL_AT_MOST_ONCE)
		void chargeOnce(String order) {
			this.provider.charge(order);
		}

	}

}
