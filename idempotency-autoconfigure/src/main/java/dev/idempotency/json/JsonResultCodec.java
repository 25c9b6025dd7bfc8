// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.json;

import java.lang.reflect.Type;
import java.util.Arrays;

import dev.idempotency.effect.ResultCodec;
import dev.idempotency.effect.ResultException;
import dev.idempotency.effect.StoredResult;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;

/**
 * Stores results as JSON. A result is read again before it is stored, and must then be
 * written the same way: what Jackson would lose on the way, or could not read, is noticed
 * in the call that returns it. Class names in stored JSON are never followed, whatever
 * the application's own settings are.
 */
public final class JsonResultCodec implements ResultCodec {

	private static final String JSON = "json/1";

	private static final StoredResult NULL = new StoredResult("null", new byte[0]);

	private final JsonMapper mapper;

	private final int maxSize;

	/**
	 * Creates a codec.
	 * @param mapper writes and reads JSON
	 * @param maxSize largest stored result, in bytes
	 */
	public JsonResultCodec(JsonMapper mapper, int maxSize) {
		this.mapper = mapper.rebuild()
			.deactivateDefaultTyping()
			.polymorphicTypeValidator(BasicPolymorphicTypeValidator.builder().build())
			.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
			.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
			.build();
		this.maxSize = maxSize;
	}

	@Override
	public StoredResult encode(@Nullable Object value, Type type) {
		if (value == null) {
			return NULL;
		}
		byte[] body = write(value, type);
		if (body.length > this.maxSize) {
			throw new ResultException("It has " + body.length + " bytes as JSON, at most " + this.maxSize
					+ " are allowed; return less, or raise idempotency.results.max-size");
		}
		verify(value, body, type);
		return new StoredResult(JSON, body);
	}

	private void verify(Object value, byte[] body, Type type) {
		Object read;
		try {
			read = this.mapper.readValue(body, javaType(type));
		}
		catch (JacksonException | IllegalArgumentException ex) {
			throw new ResultException("Its JSON cannot be read as " + type.getTypeName() + " again: " + message(ex)
					+ ". Return a type that Jackson can write and read, a record for instance", ex);
		}
		if (javaType(type).isJavaLangObject() && !value.equals(read)) {
			throw new ResultException("A " + value.getClass().getName() + " would be read again as "
					+ ((read != null) ? read.getClass().getName() : "nothing")
					+ ", because the method is declared to return any object. Declare the type that it returns");
		}
		byte[] again = (read != null) ? write(read, type) : new byte[0];
		if (!Arrays.equals(body, again) && !sameValue(body, again)) {
			throw new ResultException("Its JSON, read as " + type.getTypeName()
					+ " and written again, is not the same, so a repeated caller would get something else. "
					+ "Return a type that keeps all of its JSON when read, a record for instance");
		}
	}

	private boolean sameValue(byte[] body, byte[] again) {
		return Arrays.equals(canonical(body), canonical(again));
	}

	private byte @Nullable [] canonical(byte[] body) {
		try (JsonParser parser = this.mapper.treeAsTokens(this.mapper.readTree(body))) {
			return CanonicalJson.write(parser, true);
		}
	}

	private byte[] write(Object value, Type type) {
		try {
			JavaType declared = javaType(type);
			boolean known = !declared.isJavaLangObject() && declared.getRawClass().isInstance(value);
			return known ? this.mapper.writerFor(declared).writeValueAsBytes(value)
					: this.mapper.writeValueAsBytes(value);
		}
		catch (JacksonException | IllegalArgumentException ex) {
			throw new ResultException("A " + value.getClass().getName() + " cannot be written as JSON: " + message(ex)
					+ ". Return a type that Jackson can write and read, a record for instance", ex);
		}
	}

	@Override
	public @Nullable Object decode(StoredResult stored, Type type) {
		byte[] body = stored.body();
		if (body == null) {
			throw new ResultException("The effect finished without a result that can be returned again");
		}
		JavaType declared = javaType(type);
		if (stored.codec().equals(NULL.codec()) && !declared.isPrimitive()) {
			return null;
		}
		if (!stored.codec().equals(JSON)) {
			throw new ResultException("The stored result is '" + stored.codec() + "', which cannot be read as "
					+ type.getTypeName() + "; the effect is finished and is not run again");
		}
		try {
			return this.mapper.readValue(body, declared);
		}
		catch (JacksonException ex) {
			throw new ResultException(
					"The stored result cannot be read as " + type.getTypeName() + ": " + message(ex)
							+ ". The effect is finished and is not run again; let the type read what it wrote before",
					ex);
		}
	}

	private JavaType javaType(Type type) {
		return ((ObjectMapper) this.mapper).constructType(type);
	}

	private static @Nullable String message(Exception failure) {
		return (failure instanceof JacksonException jackson) ? jackson.getOriginalMessage() : failure.getMessage();
	}

}
