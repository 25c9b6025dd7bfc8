// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.analytics;

import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

/**
 * The counts.
 */
interface SkuCountRepository extends Repository<SkuCount, String> {

	@Modifying
	@Query("""
			insert into sku_counts (sku, seen) values (:sku, 1)
			on conflict (sku) do update set seen = sku_counts.seen + 1
			""")
	void count(String sku);

}
