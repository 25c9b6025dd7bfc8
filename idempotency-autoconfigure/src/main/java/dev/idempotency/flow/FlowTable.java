// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.flow;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes flows as a Markdown table.
 */
final class FlowTable {

	private static final String HEADER = """
			| Flow | Kind | Location | Semantics | Mechanism | Boundary | Retention | Owner | Rationale | Remarks |
			|---|---|---|---|---|---|---|---|---|---|
			""";

	private FlowTable() {
	}

	static String markdown(List<Flow> flows) {
		return flows.stream().map(FlowTable::row).collect(Collectors.joining("", HEADER, ""));
	}

	private static String row(Flow flow) {
		return List
			.of(flow.name(), flow.kind().name(), flow.location(),
					(flow.semantics() != null) ? flow.semantics().name() : "UNDECLARED", flow.mechanism(),
					flow.boundary(), (flow.retention() != null) ? flow.retention().toString() : "", flow.owner(),
					flow.rationale(), String.join("; ", flow.remarks()))
			.stream()
			.map(FlowTable::cell)
			.collect(Collectors.joining(" | ", "| ", " |\n"));
	}

	private static String cell(String text) {
		return text.replace("|", "\\|").replaceAll("\\R", " ");
	}

}
