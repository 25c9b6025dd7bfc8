// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;

import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.Profiles;

/**
 * Gives the application the embedded servers, unless profile {@code servers} says that it
 * has real ones.
 */
public final class EmbeddedServersInitializer implements ApplicationContextInitializer<ConfigurableApplicationContext> {

	private final Class<?> mainClass;

	/**
	 * Creates an initializer.
	 * @param mainClass starts the servers when its first argument is
	 * {@link EmbeddedServers#COMMAND}
	 */
	public EmbeddedServersInitializer(Class<?> mainClass) {
		this.mainClass = mainClass;
	}

	@Override
	public void initialize(ConfigurableApplicationContext context) {
		ConfigurableEnvironment environment = context.getEnvironment();
		if (environment.acceptsProfiles(Profiles.of("servers"))) {
			return;
		}
		Path data = Path.of(environment.getProperty("sample.servers.data", "target/sample-data"));
		Duration idle = environment.getProperty("sample.servers.idle", Duration.class, EmbeddedServers.IDLE);
		ServersLauncher launcher = new ServersLauncher(data, idle, this.mainClass.getName());
		try {
			ServerAddresses addresses = launcher.connect();
			environment.getPropertySources().addFirst(new MapPropertySource("embeddedServers", addresses.properties()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		context.getBeanFactory().registerSingleton("embeddedServersLauncher", launcher);
	}

}
