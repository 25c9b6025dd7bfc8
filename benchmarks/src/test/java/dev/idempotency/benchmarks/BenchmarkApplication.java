// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.DefaultKafkaConsumerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * The application measured: what the starter makes of its listeners.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import({ PlainListener.class, HandWrittenListener.class, AnnotatedListener.class, OffsetListener.class,
		NumberedListener.class, PlainBatchListener.class, GroupedListener.class, AnnotatedBatchListener.class,
		OffsetBatchListener.class, NumberedBatchListener.class, PublishedCount.class })
class BenchmarkApplication {

	@Bean
	Commits commits() {
		return new Commits();
	}

	@Bean
	DefaultKafkaConsumerFactoryCustomizer reportCommits(Commits commits) {
		return (factory) -> factory.updateConfigs(CommitInterceptor.reportingTo(commits));
	}

}
