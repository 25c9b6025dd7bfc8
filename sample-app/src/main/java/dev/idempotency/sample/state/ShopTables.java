// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.state;

import java.util.List;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Reads the tables of all services, as nobody but this page may.
 */
@Component
class ShopTables {

	private static final String TOTALS = """
			select (select count(*) from orders) as orders,
				(select coalesce(sum(quantity), 0) from orders) as units_ordered,
				(select count(*) from reservations) as reservations,
				(select coalesce(sum(reserved), 0) from stock) as units_reserved,
				(select count(*) from shipments) as shipments,
				(select count(*) from (select 1 from reservations group by order_id having count(*) > 1) as twice)
					as repeated_reservations,
				(select count(distinct order_id) from refused_shipments) as repeated_shipments,
				(select coalesce(sum(seen), 0) from sku_counts) as counted,
				(select count(*) from (select number < max(number) over (partition by customer order by id)
					as late from shipments) as arrivals where late) as disordered,
				(select last_value from failing_commits) as failing_commits,
				(select count(*) from github_deliveries) as webhooks
			""";

	private static final String LATEST = """
			select order_id, customer, number, sku, quantity, created_at,
				(select count(*) from reservations where reservations.order_id = orders.order_id) as reservations,
				(select count(*) from shipments where shipments.order_id = orders.order_id)
					+ (select count(*) from refused_shipments r where r.order_id = orders.order_id) as shipments
			from orders order by created_at desc, number desc limit :rows
			""";

	private final JdbcClient database;

	ShopTables(JdbcClient database) {
		this.database = database;
	}

	PipelineState.Totals totals() {
		return this.database.sql(TOTALS).query(PipelineState.Totals.class).single();
	}

	List<PipelineState.OrderRow> latest(int rows) {
		return this.database.sql(LATEST).param("rows", rows).query(PipelineState.OrderRow.class).list();
	}

}
