// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.crash;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;

import javax.sql.DataSource;

import org.awaitility.core.ConditionTimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.awaitility.Awaitility.await;

/**
 * Compares every order sent with every effect applied.
 */
final class Checker {

	private static final Logger logger = LoggerFactory.getLogger(Checker.class);

	private final JdbcTemplate jdbc;

	/**
	 * Creates a checker.
	 * @param dataSource the shop's database
	 */
	Checker(DataSource dataSource) {
		this.jdbc = new JdbcTemplate(dataSource);
	}

	/**
	 * Notes down, in the database, who settles what is somebody else's.
	 * @param engine how the outbox works
	 */
	void watchLateOwners(Engine engine) {
		this.jdbc.execute(engine.watch());
	}

	/**
	 * Gives a late owner some time to do what it must not.
	 * @param patience longest wait
	 */
	void awaitLateOwner(Duration patience) {
		settle(patience, () -> lateOwners() > 0);
	}

	/**
	 * Waits until every order was shipped, or for as long as it may take, and checks.
	 * @param sent ids of all orders sent
	 * @param patience longest wait
	 * @return what was found
	 */
	Verdict verdict(Set<String> sent, Duration patience) {
		settle(patience, this::settled);
		return check(sent);
	}

	/**
	 * Waits for something that may never happen, which then is the finding.
	 */
	private static void settle(Duration patience, Callable<Boolean> condition) {
		try {
			await().atMost(patience).pollInterval(Duration.ofMillis(250)).ignoreExceptions().until(condition);
		}
		catch (ConditionTimeoutException ex) {
			logger.info("Not settled after {}: {}", patience, ex.getMessage());
		}
	}

	/**
	 * Waits until every scan was noted down, or for as long as it may take, and checks.
	 * @param sent how many scans Kafka has
	 * @param patience longest wait
	 * @return what was found
	 */
	Scanned scanned(int sent, Duration patience) {
		String each = "(select distinct scanner, number from scans) s";
		settle(patience, () -> count("select count(*) from " + each) >= sent);
		int noted = count("select count(*) from " + each);
		return new Scanned(sent, sent - noted, count("select count(*) from scans") - noted, count(
				"select count(*) from (select number, lag(number) over (partition by scanner order by id) as before"
						+ " from scans) n where number < before"));
	}

	/**
	 * Ways in which a flow has known repetitions.
	 * @param flow the flow
	 * @return rows per id, streams by their kind, and numbers that never came
	 */
	Map<String, Integer> inbox(String flow) {
		Map<String, Integer> inbox = new TreeMap<>();
		inbox.put("ids", count("select count(*) from idempotency_inbox where flow = '" + flow + "'"));
		String positions = "select count(*) from idempotency_position where flow = '" + flow + "' and stream like ";
		inbox.put("offsets", count(positions + "'kafka:%' and epoch >= 0"));
		inbox.put("numbers", count(positions + "'sequence:%'"));
		inbox.put("missing", count("select count(*) from idempotency_hole join idempotency_position using (key_hash)"
				+ " where flow = '" + flow + "' and state = 'OPEN'"));
		return inbox;
	}

	private boolean settled() {
		return without("reservations") == 0 && without("shipments") == 0
				&& count("select count(*) from idempotency_outbox") == 0
				&& count("select count(*) from idempotency_outbox_log l where not exists (select from "
						+ "idempotency_outbox_cursor c where c.destination = l.destination and (c.lanes >> l.lane) & 1 = 1 "
						+ "and pg_visible_in_snapshot(l.xid, c.closed))") == 0;
	}

	private Verdict check(Set<String> sent) {
		Set<String> lostOrders = new TreeSet<>(sent);
		lostOrders.removeAll(this.jdbc.queryForList("select order_id from orders", String.class));
		return new Verdict(sent.size(), lostOrders.size(), without("reservations"), without("shipments"),
				repeated("reservations"), count("select count(*) from refused_shipments"), inverted("reservations"),
				inverted("shipments"),
				count("select count(*) from idempotency_parked")
						+ count("select count(*) from idempotency_outbox_parked"),
				count("""
						select count(*) from (select sku, sum(quantity) as reserved from reservations group by sku) r
						full join stock s using (sku) where r.reserved is distinct from s.reserved"""), lateOwners());
	}

	private int without(String effects) {
		return count("select count(*) from orders o where not exists (select 1 from " + effects
				+ " e where e.order_id = o.order_id)");
	}

	private int repeated(String effects) {
		return count("select coalesce(sum(n - 1), 0) from (select count(*) as n from " + effects
				+ " group by order_id) c where n > 1");
	}

	private int inverted(String effects) {
		return count(
				"select count(*) from (select number, lag(number) over (partition by customer order by id) as before"
						+ " from " + effects + ") n where number < before");
	}

	private int lateOwners() {
		Boolean watched = this.jdbc.queryForObject("select to_regclass('late_owners') is not null", Boolean.class);
		return Boolean.TRUE.equals(watched) ? count("select count(*) from late_owners") : 0;
	}

	private int count(String sql) {
		Integer count = this.jdbc.queryForObject(sql, Integer.class);
		return (count != null) ? count : 0;
	}

	/**
	 * What the checker found.
	 *
	 * @param sent orders sent and confirmed
	 * @param lostOrders of those, orders the database does not know
	 * @param lostReservations orders without a reservation
	 * @param lostShipments orders without a shipment
	 * @param repeatedReservations reservations beyond the first of their order
	 * @param repeatedShipments shipments that only the key of their table refused
	 * @param invertedReservations reservations out of their customer's order
	 * @param invertedShipments shipments out of their customer's order
	 * @param setAside messages set aside
	 * @param partialCommits products whose stock does not agree with their reservations
	 * @param changedByLateOwners what a node settled in lanes that somebody else had
	 * taken, if that was watched
	 */
	record Verdict(int sent, int lostOrders, int lostReservations, int lostShipments, int repeatedReservations,
			int repeatedShipments, int invertedReservations, int invertedShipments, int setAside, int partialCommits,
			int changedByLateOwners) {

		int lost() {
			return this.lostOrders + this.lostReservations + this.lostShipments;
		}

		int repeated() {
			return this.repeatedReservations + this.repeatedShipments;
		}

		boolean clean() {
			return lost() + repeated() + this.invertedReservations + this.invertedShipments + this.setAside
					+ this.partialCommits + this.changedByLateOwners == 0;
		}

	}

	/**
	 * What the checker found of the scans.
	 *
	 * @param sent scans Kafka has
	 * @param lost of those, scans that were not noted down
	 * @param repeated notes beyond the first of their scan
	 * @param inverted notes out of their scanner's order
	 */
	record Scanned(int sent, int lost, int repeated, int inverted) {

		boolean clean() {
			return this.lost + this.repeated + this.inverted == 0;
		}

	}

}
