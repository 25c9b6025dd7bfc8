// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.outside;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectException;
import dev.idempotency.effect.EffectResult;
import dev.idempotency.effect.EffectTemplate;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.mail.MailSender;
import org.springframework.mail.SimpleMailMessage;

/**
 * A process that confirms one order by mail, and is killed.
 */
public final class MailProcess {

	private MailProcess() {
	}

	/**
	 * Runs it.
	 * @param arguments properties of the application
	 */
	public static void main(String[] arguments) {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.run(arguments)) {
			EffectTemplate template = context.getBean(EffectTemplate.class);
			MailSender mail = context.getBean(MailSender.class);
			try {
				EffectResult<?> result = template.execute(EffectContract.EXTERNAL_AT_MOST_ONCE, "confirmation", "o1",
						null, () -> {
							mail.send(message());
							return null;
						});
				System.out.println("END " + result.getClass().getSimpleName());
			}
			catch (EffectException ex) {
				System.out.println("END " + ex.getClass().getSimpleName());
			}
		}
	}

	private static SimpleMailMessage message() {
		SimpleMailMessage message = new SimpleMailMessage();
		message.setFrom("shop@example.com");
		message.setTo("ada@example.com");
		message.setSubject("Your order o1");
		message.setText("Thank you");
		return message;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
