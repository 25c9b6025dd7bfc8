// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.LinkedHashSet;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aop.support.AopUtils;
import org.springframework.asm.ClassReader;
import org.springframework.asm.Type;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Reads a class and its superclasses for calls of one method on {@code this}.
 */
final class SelfInvocations {

	private static final Logger logger = LoggerFactory.getLogger(SelfInvocations.class);

	private SelfInvocations() {
	}

	/**
	 * Methods that call the target on {@code this}, in no class but those of the bean's
	 * own hierarchy. Calls hidden in inner classes are not found, nor those of a method
	 * that holds another reference to its own type.
	 */
	static Set<String> callers(Class<?> type, Method target) {
		Set<String> hierarchy = new LinkedHashSet<>();
		for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass()) {
			hierarchy.add(each.getName().replace('.', '/'));
		}
		Set<String> callers = new LinkedHashSet<>();
		for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass()) {
			read(each, new SelfInvocationVisitor(hierarchy, target.getName(), descriptors(type, target), callers));
		}
		return callers;
	}

	/**
	 * The descriptors under which a call ends in the target: its own, and those of
	 * methods it overrides with other types.
	 */
	private static Set<String> descriptors(Class<?> type, Method target) {
		Set<String> descriptors = new LinkedHashSet<>();
		for (Method method : ReflectionUtils.getAllDeclaredMethods(type)) {
			if (method.getName().equals(target.getName())
					&& AopUtils.getMostSpecificMethod(method, type).equals(target)) {
				descriptors.add(Type.getMethodDescriptor(method));
			}
		}
		return descriptors;
	}

	private static void read(Class<?> type, SelfInvocationVisitor visitor) {
		try (InputStream bytes = type.getResourceAsStream(ClassUtils.getClassFileName(type))) {
			if (bytes != null) {
				new ClassReader(bytes).accept(visitor, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
			}
		}
		catch (IOException | IllegalArgumentException | IndexOutOfBoundsException ex) {
			logger.info("Class {} cannot be read, so self-invocations in it go unnoticed", type.getName(), ex);
		}
	}

}
