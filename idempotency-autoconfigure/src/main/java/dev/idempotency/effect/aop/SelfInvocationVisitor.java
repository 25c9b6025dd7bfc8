// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.asm.ClassVisitor;
import org.springframework.asm.Handle;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.asm.Type;

/**
 * Notes methods that call the target on a receiver that can only be {@code this}: the
 * method has no other value of its own type. Calls of the method from an overriding or
 * bridge method are part of the same effect.
 */
final class SelfInvocationVisitor extends ClassVisitor {

	private final Set<String> hierarchy;

	private final String name;

	private final Set<String> descriptors;

	private final Set<String> callers;

	private String className = "";

	SelfInvocationVisitor(Set<String> hierarchy, String name, Set<String> descriptors, Set<String> callers) {
		super(SpringAsmInfo.ASM_VERSION);
		this.hierarchy = hierarchy;
		this.name = name;
		this.descriptors = descriptors;
		this.callers = callers;
	}

	@Override
	public void visit(int version, int access, String name, @Nullable String signature, @Nullable String superName,
			String @Nullable [] interfaces) {
		this.className = name.replace('/', '.');
	}

	@Override
	public @Nullable MethodVisitor visitMethod(int access, String name, String descriptor, @Nullable String signature,
			String @Nullable [] exceptions) {
		boolean same = name.equals(this.name) && this.descriptors.contains(descriptor);
		if (same || (access & (Opcodes.ACC_STATIC | Opcodes.ACC_BRIDGE)) != 0) {
			return null;
		}
		return new Calls(name,
				mentionsOwnType(Type.getMethodDescriptor(Type.VOID_TYPE, Type.getArgumentTypes(descriptor))));
	}

	private boolean mentionsOwnType(String descriptor) {
		return this.hierarchy.stream().anyMatch((own) -> descriptor.contains("L" + own + ";"));
	}

	private boolean isTarget(String owner, String name, String descriptor) {
		return this.hierarchy.contains(owner) && name.equals(this.name) && this.descriptors.contains(descriptor);
	}

	/**
	 * The calls of one method.
	 */
	private final class Calls extends MethodVisitor {

		private final String caller;

		private boolean otherReceivers;

		private boolean called;

		private Calls(String caller, boolean otherReceivers) {
			super(SpringAsmInfo.ASM_VERSION);
			this.caller = caller;
			this.otherReceivers = otherReceivers;
		}

		@Override
		public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
			boolean read = opcode == Opcodes.GETFIELD || opcode == Opcodes.GETSTATIC;
			this.otherReceivers |= read && mentionsOwnType(descriptor);
		}

		@Override
		public void visitTypeInsn(int opcode, String type) {
			boolean yields = opcode == Opcodes.NEW || opcode == Opcodes.CHECKCAST;
			this.otherReceivers |= yields && SelfInvocationVisitor.this.hierarchy.contains(type);
		}

		@Override
		public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
			this.called |= opcode != Opcodes.INVOKESTATIC && isTarget(owner, name, descriptor);
			this.otherReceivers |= mentionsOwnType(Type.getReturnType(descriptor).getDescriptor());
		}

		@Override
		public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
			boolean captures = mentionsOwnType(descriptor);
			for (Object argument : arguments) {
				this.called |= captures && argument instanceof Handle handle
						&& isTarget(handle.getOwner(), handle.getName(), handle.getDesc());
			}
		}

		/**
		 * A lambda's code is in a method named after the one that holds it.
		 */
		private String name() {
			return this.caller.startsWith("lambda$") ? this.caller.split("\\$")[1] : this.caller;
		}

		@Override
		public void visitEnd() {
			if (this.called && !this.otherReceivers) {
				SelfInvocationVisitor.this.callers.add(SelfInvocationVisitor.this.className + "." + name() + "()");
			}
		}

	}

}
