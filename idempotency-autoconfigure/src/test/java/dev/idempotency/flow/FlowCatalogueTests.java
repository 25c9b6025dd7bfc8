// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.flow;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FlowCatalogueTests {

	private final FlowCatalogue catalogue = new FlowCatalogue();

	@Test
	void flowsAreSortedAndTheSamePlaceIsReplaced() {
		this.catalogue.add(flow("shipping", Semantics.EFFECTIVELY_ONCE, "old"));
		this.catalogue.add(flow("inventory", Semantics.EFFECTIVELY_ONCE, ""));
		this.catalogue.add(flow("shipping", Semantics.EFFECTIVELY_ONCE, "new"));
		assertThat(this.catalogue.flows()).extracting(Flow::name, Flow::rationale)
			.containsExactly(org.assertj.core.groups.Tuple.tuple("inventory", ""),
					org.assertj.core.groups.Tuple.tuple("shipping", "new"));
	}

	@Test
	void undeclaredFlowsAreNamed() {
		this.catalogue.add(flow("inventory", Semantics.AT_LEAST_ONCE, ""));
		this.catalogue.add(flow("forgotten", null, ""));
		assertThat(this.catalogue.undeclared()).extracting(Flow::name).containsExactly("forgotten");
		assertThat(this.catalogue.toMarkdown()).contains("| forgotten | KAFKA_LISTENER | C.m | UNDECLARED |");
	}

	@Test
	void tableSurvivesPipesAndLineBreaks() {
		this.catalogue.add(flow("a", Semantics.AT_LEAST_ONCE, "one|two\nthree"));
		assertThat(this.catalogue.toMarkdown().lines()).hasSize(3).last().asString().contains("one\\|two three");
	}

	private static Flow flow(String name, @Nullable Semantics semantics, String rationale) {
		return new Flow(name, Flow.Kind.KAFKA_LISTENER, "C.m", semantics, "inbox by id", "one database",
				Duration.ofDays(8), "team", rationale, List.of());
	}

}
