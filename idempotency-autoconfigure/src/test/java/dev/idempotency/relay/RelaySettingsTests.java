// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;
import java.util.Map;

import dev.idempotency.flow.Backoff;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RelaySettingsTests {

	@Test
	void defaultsHaltTheKey() {
		RelaySettings settings = RelaySettings.defaults();
		assertThat(settings.leaseTtl()).isEqualTo(Duration.ofSeconds(10));
		assertThat(settings.batching().size()).isEqualTo(500);
		assertThat(settings.polling().min()).isEqualTo(Duration.ofMillis(25));
		assertThat(settings.polling().max()).isEqualTo(Duration.ofSeconds(1));
		assertThat(settings.poison().of("kafka:orders")).isEqualTo(PoisonPolicy.HALT_KEY);
	}

	@Test
	void aDestinationMayHaveAPolicyOfItsOwn() {
		RelaySettings.Poison poison = new RelaySettings.Poison(3, PoisonPolicy.HALT_KEY,
				Map.of("kafka:logs", PoisonPolicy.PARK));
		assertThat(poison.of("kafka:logs")).isEqualTo(PoisonPolicy.PARK);
		assertThat(poison.of("kafka:orders")).isEqualTo(PoisonPolicy.HALT_KEY);
	}

	@Test
	void refusesWhatCannotWorkAndNamesIt() {
		Backoff backoff = new Backoff(Duration.ofMillis(1), Duration.ofMillis(2));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new RelaySettings.Batching(0, 1, Duration.ofSeconds(1), 1))
			.withMessageContaining("batching.size");
		assertThatIllegalArgumentException().isThrownBy(
				() -> new RelaySettings.Polling(Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ofSeconds(1)))
			.withMessageContaining("polling.max");
		assertThatIllegalArgumentException().isThrownBy(() -> new RelaySettings.Retrying(backoff, 1, Double.NaN))
			.withMessageContaining("retryShare");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new RelaySettings(Duration.ZERO, RelaySettings.Batching.defaults(),
					RelaySettings.Polling.defaults(), RelaySettings.Retrying.defaults(),
					RelaySettings.Poison.defaults(), Duration.ofSeconds(1)))
			.withMessageContaining("leaseTtl");
	}

}
