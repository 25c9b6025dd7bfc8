// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.state;

import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.inbox.InDoubtEffects;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.dao.DataAccessException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code GET /api/state}, which the page asks every second.
 */
@RestController
class StateController {

	private static final Logger logger = LoggerFactory.getLogger(StateController.class);

	private static final int ROWS = 20;

	private static final String METERS = "idempotency.";

	private final ShopTables tables;

	private final FlowCatalogue catalogue;

	private final MeterRegistry meters;

	private final ObjectProvider<OutsideReport> outside;

	private final InDoubtEffects doubts;

	private final String startCommand;

	private final boolean embedded;

	private final Clock clock = Clock.systemUTC();

	StateController(ShopTables tables, FlowCatalogue catalogue, MeterRegistry meters,
			ObjectProvider<OutsideReport> outside, InDoubtEffects doubts, Environment environment,
			@Value("${sample.start-command}") String startCommand) {
		this.outside = outside;
		this.doubts = doubts;
		this.tables = tables;
		this.catalogue = catalogue;
		this.meters = meters;
		this.startCommand = startCommand;
		this.embedded = !environment.acceptsProfiles(Profiles.of("servers"));
	}

	@GetMapping("/api/state")
	PipelineState state() {
		OutsideReport report = this.outside.getIfAvailable();
		PipelineState.Outside seen = (report != null) ? report.read() : null;
		try {
			return new PipelineState(process(), this.tables.totals(), this.tables.latest(ROWS), this.catalogue.flows(),
					readings(), seen, this.doubts.oldest(ROWS).stream().map(PipelineState.Doubt::of).toList());
		}
		catch (DataAccessException ex) {
			logger.debug("The database is away", ex);
			return new PipelineState(process(), null, List.of(), this.catalogue.flows(), readings(), seen, List.of());
		}
	}

	private PipelineState.Process process() {
		long started = ManagementFactory.getRuntimeMXBean().getStartTime();
		return new PipelineState.Process(ProcessHandle.current().pid(), Instant.ofEpochMilli(started),
				this.clock.instant(), this.startCommand, this.embedded);
	}

	private List<MeterReading> readings() {
		return this.meters.getMeters()
			.stream()
			.filter((meter) -> meter.getId().getName().startsWith(METERS))
			.map(MeterReading::of)
			.sorted(Comparator.comparing(MeterReading::name).thenComparing((reading) -> reading.tags().toString()))
			.toList();
	}

}
