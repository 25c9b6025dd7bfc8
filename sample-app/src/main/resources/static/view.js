import { flowRows, destinationRows, suppressed } from "./indicators.js";

const numbers = new Intl.NumberFormat("en");
export const times = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });

export function show(state) {
	element("gone").hidden = true;
	document.body.classList.toggle("stale", !state.totals);
	pill(element("status"), state.totals ? "up" : "open", state.totals ? "Running" : "Database away");
	element("process").textContent = `pid ${state.process.pid}, up ${duration((Date.parse(state.process.now) - Date.parse(state.process.started)) / 1000)}`;
	element("start-command").textContent = state.process.startCommand;
	element("gone-embedded").hidden = !state.process.embedded;
	rows("flows", flowRows(state.flows, state.meters).flatMap(flowLines), "No flow is known yet.");
	rows("outbox", destinationRows(state.meters).map(destinationCells), "Nothing was sent yet.");
	rows("meters", state.meters.map(meterCells), "No meters yet.");
	showOutside(state.outside);
	number("suppressed", suppressed(state.meters));
	number("suppressed-inventory", suppressed(state.meters, "inventory"));
	number("suppressed-github", suppressed(state.meters, "github"));
	number("suppressed-shipping", suppressed(state.meters, "shipping"));
	if (state.totals) {
		showTables(state);
	}
}

function showTables(state) {
	const totals = state.totals;
	const flying = Math.max(0, totals.orders - totals.shipments);
	const repeated = totals.repeatedReservations + totals.repeatedShipments
		+ (state.outside ? state.outside.ordersChargedTwice + state.outside.ordersMailedTwice : 0);
	verdict(totals, flying, repeated);
	number("orders", totals.orders);
	number("reservations", totals.reservations);
	number("shipments", totals.shipments);
	number("counted", totals.counted);
	number("flying", flying);
	number("webhooks", totals.webhooks);
	number("disordered", totals.disordered);
	number("repeated", repeated, repeated === 0 ? "ok" : "bad");
	number("in-doubt", state.doubts.length, state.doubts.length === 0 ? "ok" : "open");
	showDoubts(state.doubts);
	element("units").textContent = `${numbers.format(totals.unitsReserved)} / ${numbers.format(totals.unitsOrdered)}`;
	rows("latest", state.orders.map(orderCells), "No orders yet. Place some.");
}

/** Drawn only when something changed, so that nobody presses a button that is being replaced. */
function showDoubts(doubts) {
	const table = element("doubts");
	const shown = JSON.stringify(doubts);
	if (table.dataset.shown !== shown) {
		table.dataset.shown = shown;
		rows("doubts", doubts.map(doubtCells), "Nothing is in doubt.");
	}
}

function showOutside(outside) {
	for (const [id, value] of [["charges", outside?.charges], ["repeated-charges", outside?.repeatedCharges], ["mails", outside?.mails]]) {
		element(id).textContent = (value === undefined) ? "–" : numbers.format(value);
	}
}

export function showGone() {
	element("gone").hidden = false;
	document.body.classList.add("stale");
	pill(element("status"), "gone", "Not answering");
}

function verdict(totals, flying, repeated) {
	const line = element("verdict");
	const waiting = totals.failingCommits > 0 ? " The next commit of the inventory will fail." : "";
	if (repeated > 0) {
		line.dataset.state = "bad";
		line.textContent = `${numbers.format(repeated)} effects happened more than once.`;
	}
	else if (totals.orders === 0) {
		line.dataset.state = "idle";
		line.textContent = "Waiting for the first order." + waiting;
	}
	else if (flying > 0) {
		line.dataset.state = "open";
		line.textContent = `${numbers.format(flying)} of ${numbers.format(totals.orders)} orders are on their way, none has a repeated effect.` + waiting;
	}
	else {
		line.dataset.state = "ok";
		line.textContent = `Each of ${numbers.format(totals.orders)} orders was reserved once and shipped once.` + waiting;
	}
}

function flowLines(flow) {
	return [
		[
			head(flow.name, flow.location), unbroken(flow.semantics),
			count(flow.delivered), count(flow.applied), count(flow.suppressed), count(flow.notCommitted),
			count(flow.retried), count(flow.parked), right(millis(flow.meanSeconds)),
		],
		[about(flow)],
	];
}

function about(flow) {
	const cell = document.createElement("td");
	cell.className = "about";
	cell.colSpan = 9;
	for (const [title, value] of [["How", flow.mechanism], ["Up to where", flow.boundary], ["Why", flow.rationale]]) {
		if (value) {
			const strong = document.createElement("b");
			strong.textContent = title;
			const line = document.createElement("p");
			line.append(strong, ` ${value}`);
			cell.append(line);
		}
	}
	return cell;
}

function destinationCells(destination) {
	return [
		head(destination.name),
		count(destination.published), count(destination.refused), count(destination.parked),
		count(destination.waiting), right(destination.oldestSeconds ? duration(destination.oldestSeconds) : "–"),
		right(millis(destination.meanSeconds)),
	];
}

function orderCells(order) {
	const id = text(order.orderId);
	id.className = "id";
	return [
		text(times.format(new Date(order.createdAt))), text(order.customer), count(order.number),
		text(`${order.quantity} × ${order.sku}`), effects(order.reservations), effects(order.shipments), id,
	];
}

/** Whoever decides has looked at the mail server: nobody else can know. */
function doubtCells(doubt) {
	const cell = document.createElement("td");
	for (const [operation, label] of [["happened", "It happened"], ["did-not-happen", "It did not"]]) {
		const button = document.createElement("button");
		button.type = "button";
		button.className = "quiet";
		button.textContent = label;
		button.dataset.operation = operation;
		button.dataset.doubt = doubt.id;
		cell.append(button, " ");
	}
	return [head(doubt.flow), text(doubt.effect), text(times.format(new Date(doubt.since))), text(doubt.reason), cell];
}

function meterCells(meter) {
	const tags = Object.entries(meter.tags).map(([name, value]) => `${name}=${value}`).join(", ");
	const values = Object.entries(meter.values).map(([name, value]) => `${name} ${Number(value.toFixed(6))}`).join(", ");
	return [text(meter.name, meter.description), text(tags), text(values)];
}

function effects(times) {
	const cell = document.createElement("td");
	const mark = document.createElement("span");
	mark.className = "pill";
	pill(mark, times === 0 ? "open" : times === 1 ? "ok" : "bad", times === 0 ? "on its way" : times === 1 ? "once" : `${times} times`);
	cell.append(mark);
	return cell;
}

function rows(table, cells, empty) {
	const body = element(table).tBodies[0];
	if (cells.length === 0) {
		const cell = text(empty);
		cell.className = "empty";
		cell.colSpan = element(table).tHead.rows[0].cells.length;
		cells = [[cell]];
	}
	body.replaceChildren(...cells.map((row) => {
		const line = document.createElement("tr");
		line.append(...row);
		return line;
	}));
}

function head(value, detail) {
	const cell = fill(document.createElement("th"), value, detail);
	cell.scope = "row";
	return cell;
}

function text(value, detail) {
	return fill(document.createElement("td"), value, detail);
}

function fill(cell, value, detail) {
	cell.append(value ?? "–");
	if (detail) {
		const small = document.createElement("small");
		small.textContent = detail;
		cell.append(small);
	}
	return cell;
}

function unbroken(value) {
	const cell = text(value);
	cell.className = "unbroken";
	return cell;
}

function right(value) {
	const cell = text(value);
	cell.className = "n";
	return cell;
}

function count(value) {
	return right(value === null ? "–" : numbers.format(value));
}

function number(id, value, state) {
	const target = element(id);
	target.textContent = numbers.format(value);
	if (state) {
		target.dataset.state = state;
	}
}

function pill(target, state, label) {
	target.dataset.state = state;
	if (target.textContent !== label) {
		target.textContent = label;
	}
}

function millis(seconds) {
	return seconds === null ? "–" : `${(seconds * 1000).toFixed(seconds < 0.01 ? 1 : 0)} ms`;
}

function duration(seconds) {
	const whole = Math.max(0, Math.floor(seconds));
	const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
	return parts[0] ? `${parts[0]} h ${parts[1]} min` : parts[1] ? `${parts[1]} min ${parts[2]} s` : `${parts[2]} s`;
}

function element(id) {
	return document.getElementById(id);
}
