// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.external;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.idempotency.effect.CurrentEffect;
import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.effect.EffectObservation;
import dev.idempotency.effect.EffectResult;
import dev.idempotency.effect.ProviderProfile;
import dev.idempotency.effect.StoredResult;
import dev.idempotency.inbox.ClaimSweeper;
import dev.idempotency.inbox.ExternalCall;
import dev.idempotency.inbox.ExternalEffects;
import dev.idempotency.inbox.ExternalSettings;
import dev.idempotency.inbox.ListedFailures;
import dev.idempotency.inbox.Pauses;
import dev.idempotency.inbox.ThreadedHeartbeats;
import dev.idempotency.jdbc.Dialect;
import dev.idempotency.jdbc.JdbcClaimStore;
import dev.idempotency.testing.FaultyDataSource;
import org.jspecify.annotations.Nullable;

/**
 * A process whose threads all want to charge for the same order. Prints what each of them
 * got.
 */
public final class ExternalNode {

	static final Duration LEASE = Duration.ofSeconds(2);

	static final String DATABASE = "node.database";

	static final String USER = "node.user";

	static final String PROVIDER = "node.provider";

	static final String CONTRACT = "node.contract";

	static final String THREADS = "node.threads";

	static final String CRASH_POINT = "node.crash-point";

	static final String MAX_ATTEMPTS = "node.max-attempts";

	static final String WAIT_FOR = "node.wait-for";

	static final String CLOCK_IS_AHEAD = "node.clock-is-ahead";

	private ExternalNode() {
	}

	/**
	 * Runs it, as the system properties say.
	 * @param arguments none
	 */
	public static void main(String[] arguments) throws Exception {
		HikariConfig config = new HikariConfig();
		config.setJdbcUrl(System.getProperty(DATABASE));
		config.setUsername(System.getProperty(USER));
		config.setMaximumPoolSize(6);
		config.setConnectionTimeout(30000);
		int threads = Integer.getInteger(THREADS);
		try (HikariDataSource pool = new HikariDataSource(config);
				ThreadedHeartbeats heartbeats = new ThreadedHeartbeats(2)) {
			FaultyDataSource database = new FaultyDataSource(pool);
			String point = System.getProperty(CRASH_POINT);
			if (point != null) {
				CrashPoint.valueOf(point).stopAt(database);
			}
			JdbcClaimStore store = new JdbcClaimStore(database, Dialect.of(pool));
			sweep(new ClaimSweeper(store, ExternalNode::print, 10));
			ExternalEffects effects = effects(store, heartbeats, ExternalNode::print);
			ExternalCall call = new ExternalCall(new EffectKey("payment", "orders", "42"), null,
					EffectContract.valueOf(System.getProperty(CONTRACT)), settings());
			ExecutorService callers = Executors.newFixedThreadPool(threads);
			for (int i = 0; i < threads; i++) {
				callers.execute(() -> charge(effects, call, URI.create(System.getProperty(PROVIDER))));
			}
			callers.shutdown();
			callers.awaitTermination(2, TimeUnit.MINUTES);
			System.out.println("END");
		}
	}

	private static ExternalEffects effects(JdbcClaimStore store, ThreadedHeartbeats heartbeats,
			EffectListener listener) {
		AtomicInteger claims = new AtomicInteger();
		Clock clock = Clock.offset(Clock.systemUTC(), Duration.parse(System.getProperty(CLOCK_IS_AHEAD, "PT0S")));
		return new ExternalEffects(store, () -> ProcessHandle.current().pid() + "/" + claims.incrementAndGet(),
				heartbeats, Pauses.REAL, listener, EffectObservation.NONE, clock);
	}

	private static ExternalSettings settings() {
		return new ExternalSettings(LEASE, Duration.parse(System.getProperty(WAIT_FOR, "PT30S")), Duration.ofDays(1),
				Integer.getInteger(MAX_ATTEMPTS, 3), ProviderProfile.GENERIC, Set.of(),
				new ListedFailures(List.of(), List.of()), false);
	}

	private static void sweep(ClaimSweeper sweeper) {
		Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread thread = new Thread(task);
			thread.setDaemon(true);
			return thread;
		}).scheduleWithFixedDelay(sweeper::sweep, 100, 100, TimeUnit.MILLISECONDS);
	}

	private static void print(EffectEvent event) {
		System.out.println("EVENT " + event.getClass().getSimpleName());
	}

	private static void charge(ExternalEffects effects, ExternalCall call, URI provider) {
		try {
			EffectResult<String> result = effects.run(call,
					(value) -> new StoredResult("text", value.getBytes(StandardCharsets.UTF_8)), () -> {
						System.out.println("CALLING");
						return post(provider);
					});
			System.out.println((result instanceof EffectResult.Applied<String> applied) ? "GOT now " + applied.value()
					: "GOT again " + text(((EffectResult.Duplicate<String>) result).stored()));
		}
		catch (Throwable ex) {
			System.out.println("FAILED " + ex.getClass().getSimpleName());
		}
	}

	private static String text(@Nullable StoredResult stored) {
		return (stored != null) ? new String(stored.body(), StandardCharsets.UTF_8) : "without a result";
	}

	private static String post(URI provider) throws Exception {
		HttpRequest.Builder request = HttpRequest.newBuilder(provider)
			.timeout(Duration.ofSeconds(90))
			.POST(HttpRequest.BodyPublishers.ofString("42"));
		CurrentEffect.get().idempotencyKey().ifPresent((key) -> request.header("Idempotency-Key", key));
		return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
	}

}
