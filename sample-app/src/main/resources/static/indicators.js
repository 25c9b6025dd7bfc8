const SEMANTICS = { AT_MOST_ONCE: "at most once", AT_LEAST_ONCE: "at least once", EFFECTIVELY_ONCE: "effectively once" };

/** Repetitions that found their effect done, in one flow or in all. */
export function suppressed(meters, flow) {
	return sum(meters, "idempotency.effects", flow ? { result: "duplicate", flow } : { result: "duplicate" });
}

/** The catalogue with the indicators of each flow beside it. */
export function flowRows(flows, meters) {
	return flows.filter((flow) => flow.kind !== "OUTBOX").map((flow) => {
		const tag = { flow: flow.name };
		const effect = flow.semantics === "EFFECTIVELY_ONCE";
		return {
			name: flow.name,
			location: shortened(flow.location),
			semantics: SEMANTICS[flow.semantics] ?? "undeclared",
			rationale: flow.rationale,
			mechanism: flow.mechanism,
			boundary: flow.boundary,
			delivered: sum(meters, "idempotency.deliveries", tag),
			applied: effect ? sum(meters, "idempotency.effects", { ...tag, result: "completed" }) : null,
			suppressed: effect ? suppressed(meters, flow.name) : null,
			notCommitted: effect ? sum(meters, "idempotency.effects", { ...tag, result: "rolled_back" })
				+ sum(meters, "idempotency.effects", { ...tag, result: "commit_unknown" }) : null,
			retried: sum(meters, "idempotency.retries", tag),
			parked: sum(meters, "idempotency.effects", { ...tag, result: "parked" }),
			meanSeconds: mean(meters, "idempotency.effect.duration", tag),
		};
	});
}

/** What the relay did for each destination. */
export function destinationRows(meters) {
	const names = new Set(meters.map((meter) => meter.tags.destination).filter(Boolean));
	return [...names].sort().map((name) => {
		const tag = { destination: name };
		return {
			name,
			published: sum(meters, "idempotency.outbox.messages", { ...tag, result: "published" }),
			refused: sum(meters, "idempotency.outbox.messages", { ...tag, result: "refused" }),
			parked: sum(meters, "idempotency.outbox.messages", { ...tag, result: "parked" }),
			waiting: sum(meters, "idempotency.outbox.depth", tag),
			oldestSeconds: sum(meters, "idempotency.outbox.oldest.age", tag),
			meanSeconds: mean(meters, "idempotency.outbox.latency", tag),
		};
	});
}

/** Classes without their packages. */
function shortened(location) {
	return location.replace(/\b(?:[a-z_]\w*\.)+(?=[A-Z])/g, "");
}

function sum(meters, name, tags, statistic) {
	return matching(meters, name, tags).reduce((total, meter) => total + value(meter, statistic), 0);
}

function mean(meters, name, tags) {
	const count = sum(meters, name, tags, "count");
	return count > 0 ? sum(meters, name, tags, "total") / count : null;
}

function value(meter, statistic) {
	return (statistic ? meter.values[statistic] : meter.values.count ?? meter.values.value) ?? 0;
}

function matching(meters, name, tags) {
	return meters.filter((meter) => meter.name === name
			&& Object.entries(tags).every(([tag, wanted]) => meter.tags[tag] === wanted));
}
