// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.Fingerprint;
import dev.idempotency.effect.InDoubtEffect;
import dev.idempotency.effect.StoredResult;
import org.jspecify.annotations.Nullable;

/**
 * External effects in memory, with a clock of their own. Can forget one of its duties.
 */
final class ClaimTable implements ClaimStore, DoubtStore {

	private final Map<String, Row> rows = new LinkedHashMap<>();

	private final @Nullable Neglect neglect;

	private Instant now = Instant.parse("2026-01-01T00:00:00Z");

	ClaimTable() {
		this(null);
	}

	ClaimTable(@Nullable Neglect neglect) {
		this.neglect = neglect;
	}

	void advance(Duration time) {
		this.now = this.now.plus(time);
	}

	Instant now() {
		return this.now;
	}

	@Override
	public @Nullable StoredClaim open(ClaimRequest request) {
		Row row = this.rows.get(hex(request.key().hash()));
		if (row != null) {
			return claim(row, request.lease());
		}
		Row opened = new Row();
		opened.key = request.key();
		opened.fence = 1;
		opened.fingerprint = request.fingerprint();
		claimed(opened, request);
		opened.attempts = 1;
		opened.window = window(request);
		this.rows.put(hex(request.key().hash()), opened);
		return null;
	}

	private void claimed(Row row, ClaimRequest request) {
		row.state = ClaimState.CLAIMED;
		row.contract = request.contract();
		row.owner = request.owner();
		row.providerKey = request.providerKey();
		row.due = this.now.plus(request.lease());
	}

	private @Nullable Instant window(ClaimRequest request) {
		return (request.window() != null) ? this.now.plus(request.window()) : null;
	}

	@Override
	public boolean takeOver(ClaimRequest request, StoredClaim seen) {
		Row row = this.rows.get(hex(request.key().hash()));
		if (row == null || row.state != ClaimState.RETRYABLE || row.fence != seen.fence()
				|| row.reached != seen.reached()) {
			return this.neglect == Neglect.STATE_AT_TAKE_OVER && row != null && forced(row, request);
		}
		if (row.reached && (row.window == null || !row.window.isAfter(this.now.plus(request.lease())))) {
			return false;
		}
		if (!row.reached) {
			row.reached = seen.mayHaveReached(request.providerKey());
			row.window = (row.reached && row.window != null && row.window.isAfter(this.now)) ? row.window
					: window(request);
			row.attempts = 0;
		}
		return forced(row, request);
	}

	private boolean forced(Row row, ClaimRequest request) {
		row.fence++;
		row.attempts++;
		claimed(row, request);
		return true;
	}

	@Override
	public boolean renew(ClaimId id, Duration lease) {
		Row row = this.rows.get(hex(id.hash()));
		if (row == null || row.fence != id.fence() || row.state != ClaimState.CLAIMED) {
			return false;
		}
		row.due = this.now.plus(lease);
		return true;
	}

	@Override
	public boolean change(ClaimChange change) {
		Row row = this.rows.get(hex(change.id().hash()));
		boolean stale = row == null || row.fence != change.id().fence() || row.state != change.from();
		if (row == null || (stale && this.neglect != Neglect.FENCE)
				|| (change.afterLease() && this.neglect != Neglect.LEASE && row.due.isAfter(this.now))) {
			return false;
		}
		row.state = change.to();
		row.reached = change.reached();
		row.reason = change.reason();
		row.result = change.result();
		if (this.neglect == Neglect.CONTRACT && change.to() == ClaimState.IN_DOUBT) {
			row.state = ClaimState.RETRYABLE;
			row.reached = false;
		}
		if (change.from() == ClaimState.IN_DOUBT) {
			row.fence++;
			row.attempts = 0;
		}
		if (change.newKey()) {
			row.providerKey = null;
		}
		row.due = this.now;
		if (change.keep() != null) {
			row.due = this.now.plus(change.keep());
		}
		else if (row.state == ClaimState.RETRYABLE && row.window != null) {
			row.due = row.window;
		}
		return true;
	}

	@Override
	public @Nullable StoredClaim find(EffectKey key) {
		Row row = this.rows.get(hex(key.hash()));
		return (row != null) ? claim(row, Duration.ZERO) : null;
	}

	@Override
	public List<StoredClaim> abandoned(int limit) {
		return this.rows.values()
			.stream()
			.filter((row) -> row.state == ClaimState.CLAIMED || (row.state == ClaimState.RETRYABLE && row.reached))
			.filter((row) -> !row.due.isAfter(this.now))
			.limit(limit)
			.map((row) -> claim(row, Duration.ZERO))
			.toList();
	}

	@Override
	public List<InDoubtEffect> oldest(int limit) {
		return this.rows.values()
			.stream()
			.filter((row) -> row.state == ClaimState.IN_DOUBT)
			.limit(limit)
			.map(this::doubt)
			.toList();
	}

	private InDoubtEffect doubt(Row row) {
		return new InDoubtEffect(new ClaimId(row.key.hash(), row.fence).toString(), row.key, row.contract,
				row.providerKey, row.attempts, this.now, String.valueOf(row.reason));
	}

	@Override
	public @Nullable EffectKey keyOf(ClaimId id) {
		Row row = this.rows.get(hex(id.hash()));
		return (row != null && row.fence == id.fence() && row.state == ClaimState.IN_DOUBT) ? row.key : null;
	}

	@Override
	public List<InDoubtEffect> toAsk(Collection<String> flows, Duration pause, int limit) {
		List<InDoubtEffect> taken = new ArrayList<>();
		for (Row row : this.rows.values()) {
			if (row.state == ClaimState.IN_DOUBT && flows.contains(row.key.consumer()) && !row.due.isAfter(this.now)) {
				row.due = this.now.plus(pause);
				taken.add(doubt(row));
			}
		}
		return taken;
	}

	@Override
	public Map<String, Depth> depths() {
		return Map.of();
	}

	private StoredClaim claim(Row row, Duration margin) {
		return new StoredClaim(row.key, row.contract, row.state, row.fence, row.attempts, row.reached, row.owner,
				row.providerKey, row.fingerprint, !row.due.isAfter(this.now),
				row.window != null && row.window.isAfter(this.now.plus(margin)), row.result);
	}

	private static String hex(byte[] hash) {
		return HexFormat.of().formatHex(hash);
	}

	/**
	 * A duty that is forgotten.
	 */
	enum Neglect {

		FENCE, LEASE, CONTRACT, STATE_AT_TAKE_OVER

	}

	private static final class Row {

		private EffectKey key;

		private EffectContract contract;

		private ClaimState state;

		private long fence;

		private int attempts;

		private boolean reached;

		private String owner;

		private @Nullable String providerKey;

		private @Nullable Fingerprint fingerprint;

		private Instant due;

		private @Nullable Instant window;

		private @Nullable String reason;

		private @Nullable StoredResult result;

	}

}
