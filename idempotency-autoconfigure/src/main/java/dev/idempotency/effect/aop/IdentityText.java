// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.time.ZoneId;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalAmount;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import org.springframework.util.ReflectionUtils;

/**
 * The text form of an identity. Only values whose text is the same in every process, on
 * every Java version and in every time zone have one. Parts of composed values are
 * length-prefixed, so {@code ("a", "bc")} is not {@code ("ab", "c")}.
 */
final class IdentityText {

	private static final int MAX_SCALE = 1000;

	private IdentityText() {
	}

	/**
	 * The text form.
	 * @throws IllegalArgumentException if the value has none; the message says what the
	 * value is and what to do
	 */
	static String of(@Nullable Object value) {
		if (value instanceof Collection<?> parts) {
			return join(parts, parts instanceof Set<?> && !(parts instanceof SortedSet<?>));
		}
		if (value instanceof Record composed) {
			return join(components(composed), false);
		}
		return scalar(value);
	}

	private static String join(Collection<?> parts, boolean unordered) {
		if (parts.isEmpty()) {
			throw new IllegalArgumentException("yields an empty " + parts.getClass().getName()
					+ "; name at least one value that tells one effect from another");
		}
		List<String> texts = new ArrayList<>();
		for (Object part : parts) {
			String text = of(part);
			boolean composed = part instanceof Collection || part instanceof Record;
			texts.add(text.length() + (composed ? "[" : ":") + text);
		}
		if (unordered) {
			texts.sort(null);
		}
		return String.join("", texts);
	}

	private static List<@Nullable Object> components(Record value) {
		List<@Nullable Object> values = new ArrayList<>();
		for (RecordComponent component : value.getClass().getRecordComponents()) {
			try {
				ReflectionUtils.makeAccessible(component.getAccessor());
				values.add(component.getAccessor().invoke(value));
			}
			catch (IllegalAccessException | InvocationTargetException ex) {
				throw new IllegalArgumentException("yields a " + value.getClass().getName() + " whose component '"
						+ component.getName() + "' cannot be read; name its parts one by one in a list", ex);
			}
		}
		return values;
	}

	private static String scalar(@Nullable Object value) {
		if (value == null) {
			throw new IllegalArgumentException(
					"yields null; let the producer set the value, or name another one that is always there");
		}
		if (value instanceof CharSequence text) {
			if (text.toString().isBlank()) {
				throw new IllegalArgumentException("yields a blank " + value.getClass().getName()
						+ "; let the producer set the value, or name another one that is always there");
			}
			return text.toString();
		}
		if (value instanceof Number number) {
			return number(number);
		}
		if (value instanceof Enum<?> constant) {
			return constant.name();
		}
		if (value instanceof UUID || value instanceof Boolean || value instanceof Character || isTime(value)) {
			return value.toString();
		}
		throw new IllegalArgumentException("yields a " + value.getClass().getTypeName()
				+ ", which has no stable text form; name a property of it that is a string, number, UUID, enum "
				+ "constant or java.time value, or a list of such in braces");
	}

	/**
	 * Numbers that are equal have equal texts: 1.0 and 1, 10 and 1E+1.
	 */
	private static String number(Number number) {
		if (number instanceof Double || number instanceof Float) {
			double value = number.doubleValue();
			if (!Double.isFinite(value)) {
				throw new IllegalArgumentException("yields " + value + "; name a finite number");
			}
			return plain(new BigDecimal(value));
		}
		if (number instanceof BigDecimal decimal) {
			return plain(decimal);
		}
		if (number.getClass().getName().startsWith("java.")) {
			return number.toString();
		}
		throw new IllegalArgumentException("yields a " + number.getClass().getTypeName()
				+ ", which has no stable text form; name a property of it that is a string or a number of java.lang or "
				+ "java.math");
	}

	private static String plain(BigDecimal value) {
		BigDecimal stripped = value.stripTrailingZeros();
		if (Math.abs((long) stripped.scale()) > MAX_SCALE) {
			throw new IllegalArgumentException(
					"yields a number with a scale of " + stripped.scale() + "; name one that is shorter to write");
		}
		return stripped.toPlainString();
	}

	private static boolean isTime(Object value) {
		return value.getClass().getName().startsWith("java.time.")
				&& (value instanceof TemporalAccessor || value instanceof TemporalAmount || value instanceof ZoneId);
	}

}
