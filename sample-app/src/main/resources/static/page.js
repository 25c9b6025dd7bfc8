import { failed, placeOrders, placeTwice, post, readState } from "./server.js";
import { show, showGone, times } from "./view.js";

const EVERY_MILLIS = 1000;
const log = document.getElementById("log");
let pid = null;
let killed = false;

async function refresh() {
	try {
		const state = await readState();
		if (pid !== null && pid !== state.process.pid) {
			say(`Process ${state.process.pid} is up and goes on where ${pid} ended.`);
		}
		pid = state.process.pid;
		killed = false;
		show(state);
	}
	catch (error) {
		if (pid !== null || killed) {
			showGone();
		}
		console.debug("No state", error);
	}
}

async function poll() {
	await refresh();
	setTimeout(poll, EVERY_MILLIS);
}

function say(text) {
	const entry = document.createElement("li");
	const time = document.createElement("time");
	time.textContent = times.format(new Date());
	entry.append(time, text);
	log.prepend(entry);
	while (log.children.length > 6) {
		log.lastChild.remove();
	}
}

async function press(button, action) {
	button.disabled = true;
	try {
		say(await action());
	}
	catch (error) {
		say(failed(error));
	}
	finally {
		button.disabled = false;
		await refresh();
	}
}

const FAULTS = {
	"deliver-again": (done) => `Delivered again: ${Object.entries(done).map(([flow, count]) => `${count} to ${flow}`).join(", ")}.`,
	"deliver-out-of-order": (done) => `Turned the order of ${done.reversed} fresh messages around. Each still ships once.`,
	"deliver-webhook": (done) => `The delivery was answered with success ${done.taken} times and had its effect once; the forged one was answered with ${done.forged}.`,
	"silence-provider": () => "The provider will make the next charge and say nothing. Place an order: it is charged once.",
	"drop-mail": () => "The mail server will accept the next mail and cut the connection. Place an order: its mail is in doubt, and not sent again.",
	"stop-database": (done) => `PostgreSQL is away for ${done.seconds} seconds. Nothing is lost, and nobody has to start anything again.`,
	"fail-next-commit": (done) => `PostgreSQL will refuse ${done.pending} commit of the inventory. Place an order to see it retried.`,
};

for (const button of document.querySelectorAll("button[data-fault]")) {
	const fault = button.dataset.fault;
	button.addEventListener("click", () => press(button, async () => FAULTS[fault](await post(`api/faults/${fault}`))));
}

document.getElementById("place").addEventListener("submit", (event) => {
	event.preventDefault();
	const count = Number(document.getElementById("count").value);
	press(document.getElementById("place-orders"), async () => {
		await placeOrders(count);
		return (count === 1) ? "Placed one order." : `Placed ${count} orders.`;
	});
});

document.getElementById("place-twice").addEventListener("click", (event) => press(event.target, async () => {
	const orders = await placeTwice();
	return `Sent one order request twice: ${orders === 1 ? "one order" : `${orders} orders`} made.`;
}));

/** Rows are drawn anew every second, so the table listens for its buttons. */
document.getElementById("doubts").addEventListener("click", (event) => {
	const button = event.target.closest("button[data-doubt]");
	if (button) {
		const { operation, doubt } = button.dataset;
		press(button, async () => `Decided: ${(await post("actuator/idempotency/in-doubt", { operation, id: doubt })).detail}.`);
	}
});

document.getElementById("kill").addEventListener("click", (event) => press(event.target, async () => {
	killed = true;
	await post("api/faults/kill");
	return `Killed process ${pid}.`;
}));

document.getElementById("copy").addEventListener("click", () => {
	navigator.clipboard.writeText(document.getElementById("start-command").textContent);
});

poll();
