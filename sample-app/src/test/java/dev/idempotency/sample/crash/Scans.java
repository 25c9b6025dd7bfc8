// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.crash;

import dev.idempotency.effect.ExactlyOnceEffect;
import org.apache.kafka.clients.admin.NewTopic;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.TopicBuilder;

/**
 * What a foreign producer sends that gives its messages no identity: they are known by
 * their offsets.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("scans")
class Scans {

	static final String TOPIC = "parcel.scanned";

	private static final int PARTITIONS = 3;

	@Bean
	NewTopic scansTopic() {
		return TopicBuilder.name(TOPIC).partitions(PARTITIONS).build();
	}

	@Bean
	Listener scansListener(JdbcClient database) {
		database
			.sql("create table if not exists scans (id bigint generated always as identity primary key, "
					+ "scanner varchar(60) not null, number bigint not null)")
			.update();
		return new Listener(database);
	}

	/**
	 * Notes down every scan.
	 */
	static class Listener {

		private final JdbcClient database;

		Listener(JdbcClient database) {
			this.database = database;
		}

		@KafkaListener(id = "scans", topics = TOPIC)
		@ExactlyOnceEffect(flow = "scans")
		void note(Scan scan) {
			this.database.sql("insert into scans (scanner, number) values (?, ?)")
				.params(scan.scanner(), scan.number())
				.update();
		}

	}

	/**
	 * A parcel passed a scanner.
	 *
	 * @param scanner which
	 * @param number how many it has seen
	 */
	record Scan(String scanner, long number) {
	}

}
