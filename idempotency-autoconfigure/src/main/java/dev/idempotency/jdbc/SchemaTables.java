// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.List;
import java.util.Map;

/**
 * The tables this version of the library works with.
 */
final class SchemaTables {

	/** Version of the schema, that of the last migration. */
	static final int VERSION = 1;

	private static final String MESSAGE = "id created_at attempts lane destination message_id route msg_key type "
			+ "source content_type headers body stream_epoch stream_partition stream_number";

	private static final Map<String, String> TABLES = Map.ofEntries(Map.entry("idempotency_meta", "name setting"),
			Map.entry("idempotency_inbox",
					"completed_at expires_at key_hash flow outcome fingerprint stream_hash stream_number"),
			Map.entry("idempotency_result", "expires_at key_hash codec body"),
			Map.entry("idempotency_claim",
					"claimed_at changed_at due_at window_until fence attempts reached key_hash status "
							+ "contract flow owner provider_key effect_source effect_id reason codec fingerprint result"),
			Map.entry("idempotency_position", "owner position since touched_at epoch key_hash flow stream"),
			Map.entry("idempotency_hole", "first_number last_number noticed_at key_hash state"),
			Map.entry("idempotency_outbox", MESSAGE + " last_error"),
			Map.entry("idempotency_outbox_parked", MESSAGE + " parked_at reason"),
			Map.entry("idempotency_halted_key", "destination key_hash msg_key halted_at"),
			Map.entry("idempotency_lane", "epoch lease_until lane owner"), Map.entry("idempotency_node", "id seen_at"),
			Map.entry("idempotency_begun", "seen_at number messages owner flow"),
			Map.entry("idempotency_attempt", "first_at last_at attempts key_hash flow last_error"),
			Map.entry("idempotency_token",
					"issued_at expires_at used_at revoked_at attempts token_hash subject_hash purpose subject"),
			Map.entry("idempotency_parked",
					"id parked_at closed_at attempts state identity_hash flow reason transport channel source_position "
							+ "msg_key headers body cause identity_source identity_id"));

	private SchemaTables() {
	}

	static List<String> names() {
		return TABLES.keySet().stream().sorted().toList();
	}

	static List<String> columns(String table) {
		return List.of(TABLES.getOrDefault(table, "").split(" "));
	}

}
