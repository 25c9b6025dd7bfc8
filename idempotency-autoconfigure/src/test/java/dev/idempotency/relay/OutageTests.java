// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class OutageTests {

	@Test
	void isLoggedOnceWhenItBeginsAndOnceWhenItEnds(CapturedOutput output) {
		Outage outage = new Outage("Talking to the moon");
		for (int i = 1; i <= 5; i++) {
			assertThat(outage.failed(new IllegalStateException("no answer"))).isEqualTo(i);
		}
		outage.over();
		outage.over();
		assertThat(output).containsOnlyOnce("Talking to the moon failed; it is tried again")
			.containsOnlyOnce("Talking to the moon works again after 5 failures");
	}

}
