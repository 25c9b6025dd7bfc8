// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HexFormat;

import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.Position;
import dev.idempotency.inbox.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The number of a message that competing consumers take, as it stands in an inbox row
 * until the row is folded into the position of the stream.
 *
 * @param stream hash of flow and stream
 * @param number the number
 */
@SuppressWarnings("ArrayRecordComponent")
record RowNumber(byte[] stream, long number) {

	private static final String WITNESS = "idempotency:number";

	/**
	 * The number of a call.
	 * @return {@code null} if it has none that is folded
	 */
	static @Nullable RowNumber of(EffectCall call) {
		return (call.position() instanceof Position.Unordered place)
				? new RowNumber(PositionTable.hash(new Stream(call.key().consumer(), place.stream())),
						place.number().sequence())
				: null;
	}

	/**
	 * A call of which nothing but the number counts: what came under it was a repetition
	 * of a message with another number, or none.
	 */
	EffectCall witness(EffectCall call) {
		String id = HexFormat.of().formatHex(this.stream) + "/" + this.number;
		return new EffectCall(new EffectKey(call.key().consumer(), WITNESS, id), null, call.settings(),
				call.position());
	}

	/**
	 * Sets hash and number.
	 */
	void bind(PreparedStatement statement, int first) throws SQLException {
		statement.setBytes(first, this.stream);
		statement.setLong(first + 1, this.number);
	}

	/**
	 * Sets the parameters of {@link #knownSql}.
	 */
	void bindKnown(PreparedStatement statement, int first) throws SQLException {
		statement.setBytes(first, this.stream);
		for (int at = first + 1; at < first + 4; at++) {
			statement.setLong(at, this.number);
		}
	}

	/**
	 * Whether a position {@code p} accounts for a number: it is not above the watermark
	 * and in no hole. Its row may be gone. Parameters: hash of the stream, three times
	 * the number.
	 * @param suffix ends the query of holes
	 */
	static String knownSql(String suffix) {
		return "p.key_hash = ? AND p.position >= ? AND NOT EXISTS (SELECT 1 FROM idempotency_hole h "
				+ "WHERE h.key_hash = p.key_hash AND h.first_number <= ? AND h.last_number >= ?" + suffix + ")";
	}

	boolean isOf(ResultSet row) throws SQLException {
		return this.number == row.getLong("stream_number") && Arrays.equals(this.stream, row.getBytes("stream_hash"));
	}

}
