// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.util.List;
import java.util.Set;

import dev.idempotency.autoconfigure.IdempotencyProperties.Undeclared;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.flow.Flow;
import dev.idempotency.flow.FlowCatalogue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class CatalogueReportTests {

	private static final String WARNING = "Nobody declared the semantics of forgotten (Listeners.on)";

	private final FlowCatalogue catalogue = new FlowCatalogue();

	@BeforeEach
	void nobodyDeclaredAListener() {
		this.catalogue.add(new Flow("forgotten", Flow.Kind.KAFKA_LISTENER, "Listeners.on", null, "none", "none", null,
				"", "", List.of()));
	}

	@Test
	void failingStopsTheStart() {
		CatalogueReport report = new CatalogueReport(this.catalogue, Undeclared.FAIL, Set.of());
		assertThatExceptionOfType(ContradictionException.class).isThrownBy(report::start)
			.withMessageContaining("Listeners.on")
			.withMessageContaining("idempotency.flows.forgotten.semantics");
		assertThat(report.isRunning()).isFalse();
	}

	@Test
	void warningNamesTheListener(CapturedOutput output) {
		start(Undeclared.WARN);
		assertThat(output).contains(WARNING, "| forgotten |", "| UNDECLARED |");
	}

	@Test
	void ignoringShowsTheCatalogueOnly(CapturedOutput output) {
		start(Undeclared.IGNORE);
		assertThat(output).doesNotContain(WARNING).contains("| forgotten |", "| UNDECLARED |");
	}

	@Test
	void settingsOfAFlowThatNobodyHasAreNamed(CapturedOutput output) {
		start(Undeclared.IGNORE);
		assertThat(output).contains("flows that no listener or method here has: [forgoten]");
	}

	private void start(Undeclared undeclared) {
		CatalogueReport report = new CatalogueReport(this.catalogue, undeclared, Set.of("forgotten", "forgoten"));
		report.start();
		assertThat(report.isRunning()).isTrue();
	}

}
