// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import dev.idempotency.effect.EffectTemplate;
import dev.idempotency.effect.ResultType;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * A process whose threads all want to book the same order in the database. Prints what
 * each of them got.
 */
public final class LocalNode {

	private LocalNode() {
	}

	/**
	 * Runs it.
	 * @param arguments properties of the application, and how many threads last
	 */
	public static void main(String[] arguments) throws Exception {
		int threads = Integer.parseInt(arguments[arguments.length - 1]);
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.run(arguments)) {
			EffectTemplate template = context.getBean(EffectTemplate.class);
			JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
			ExecutorService callers = Executors.newFixedThreadPool(threads);
			for (int i = 0; i < threads; i++) {
				String caller = ProcessHandle.current().pid() + "/" + i;
				callers.execute(() -> book(template, jdbc, caller));
			}
			callers.shutdown();
			callers.awaitTermination(2, TimeUnit.MINUTES);
			System.out.println("END");
		}
	}

	private static void book(EffectTemplate template, JdbcTemplate jdbc, String caller) {
		try {
			System.out.println("GOT " + template.call("booking", "42", null, ResultType.of(String.class), () -> {
				jdbc.update("INSERT INTO booking VALUES (?)", caller);
				return caller;
			}));
		}
		catch (RuntimeException ex) {
			System.out.println("FAILED " + ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
