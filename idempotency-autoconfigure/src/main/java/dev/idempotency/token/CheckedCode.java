// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.token;

/**
 * A code that was guessed right, not yet burnt.
 */
public final class CheckedCode {

	private final String purpose;

	private final String subject;

	private final byte[] hash;

	CheckedCode(String purpose, String subject, byte[] hash) {
		this.purpose = purpose;
		this.subject = subject;
		this.hash = hash;
	}

	/**
	 * What the code is good for.
	 * @return the purpose
	 */
	public String purpose() {
		return this.purpose;
	}

	/**
	 * Whom or what it is for.
	 * @return the subject
	 */
	public String subject() {
		return this.subject;
	}

	byte[] hash() {
		return this.hash;
	}

	@Override
	public String toString() {
		return "a code for " + this.purpose;
	}

}
