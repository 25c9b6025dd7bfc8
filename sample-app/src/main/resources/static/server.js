const CUSTOMERS = ["ada", "barbara", "edsger", "grace", "leslie", "tony"];
const PRODUCTS = ["espresso", "filter", "cold brew", "cortado"];
const PARALLEL = 4;
const TIMEOUT_MILLIS = 30000;

export async function readState() {
	return answer(await fetch("api/state", { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MILLIS) }));
}

export async function post(path, body = {}, headers = {}) {
	return answer(await fetch(path, {
		method: "POST",
		headers: { "Content-Type": "application/json", ...headers },
		body: JSON.stringify(body),
		signal: AbortSignal.timeout(TIMEOUT_MILLIS),
	}));
}

/** Places orders as a careful client does: with a key made once, so that a repeated request is no second order. */
export async function placeOrders(count) {
	const orders = Array.from({ length: count }, order);
	const worker = async () => {
		for (let each = orders.pop(); each; each = orders.pop()) {
			await place(each, crypto.randomUUID());
		}
	};
	await Promise.all(Array.from({ length: PARALLEL }, worker));
}

/** Sends one request twice at the same moment, as an impatient click does. */
export async function placeTwice() {
	const [request, key] = [order(), crypto.randomUUID()];
	const placed = await Promise.all([place(request, key), place(request, key)]);
	return new Set(placed.map((each) => each.orderId)).size;
}

function order() {
	return { customer: any(CUSTOMERS), sku: any(PRODUCTS), quantity: 1 + Math.floor(Math.random() * 4) };
}

async function place(order, key) {
	return post("orders", order, { "Idempotency-Key": `"${key}"` });
}

export function failed(error) {
	return `That did not work: ${error.message}`;
}

async function answer(response) {
	const text = await response.text();
	const body = text ? JSON.parse(text) : {};
	if (!response.ok) {
		throw new Error(body.detail || body.title || `status ${response.status}`);
	}
	return body;
}

function any(values) {
	return values[Math.floor(Math.random() * values.length)];
}
