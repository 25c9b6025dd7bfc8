// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.ArrayList;
import java.util.List;

import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.flow.Verification;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects contradictions and does about them what was asked for.
 */
final class Report {

	private static final Logger logger = LoggerFactory.getLogger(Report.class);

	private final Verification verification;

	private final List<Contradiction> left = new ArrayList<>();

	Report(Verification verification) {
		this.verification = verification;
	}

	void add(Finding finding) {
		Runnable correction = finding.correction();
		if (this.verification == Verification.FIX && correction != null) {
			correction.run();
			logger.warn("Corrected: {}", finding.contradiction());
			return;
		}
		add(finding.contradiction());
	}

	void add(@Nullable Contradiction contradiction) {
		if (contradiction != null) {
			this.left.add(contradiction);
		}
	}

	/**
	 * Warns of what is left.
	 * @throws ContradictionException if something is left that was to be refused
	 */
	void conclude() {
		if (this.verification == Verification.WARN) {
			this.left.forEach((contradiction) -> logger.warn("{}", contradiction));
		}
		else if (!this.left.isEmpty()) {
			throw new ContradictionException(this.left);
		}
	}

}
