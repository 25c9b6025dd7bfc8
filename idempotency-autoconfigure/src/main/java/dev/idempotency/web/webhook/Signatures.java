// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.List;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The two ways of signing. Secrets are compared in constant time.
 */
final class Signatures {

	private static final String HMAC = "HmacSHA256";

	private static final String ED25519 = "Ed25519";

	/** What X.509 puts in front of the 32 bytes of an Ed25519 key. */
	private static final byte[] ED25519_HEADER = HexFormat.of().parseHex("302a300506032b6570032100");

	private static final int ED25519_LENGTH = 32;

	private static final int ED25519_SIGNATURE_LENGTH = 64;

	private static final int HMAC_LENGTH = 32;

	/** More than any sender has secrets at a time. */
	private static final int MAX_SIGNATURES = 16;

	private Signatures() {
	}

	/**
	 * Whether one of the secrets made one of the signatures. All are tried, so that the
	 * time taken does not tell which. Anybody may ask, so the body is read once per
	 * secret, however many signatures came with it.
	 */
	static boolean isOfOne(List<byte[]> secrets, List<byte[]> signatures, byte[]... parts) {
		List<byte[]> candidates = candidates(signatures, HMAC_LENGTH);
		if (candidates.isEmpty()) {
			return false;
		}
		boolean found = false;
		for (byte[] secret : secrets) {
			byte[] expected = hmac(secret, parts);
			for (byte[] candidate : candidates) {
				found |= MessageDigest.isEqual(expected, candidate);
			}
		}
		return found;
	}

	/**
	 * Whether one of the private keys made one of the signatures.
	 */
	static boolean isOfOneKey(List<PublicKey> keys, List<byte[]> signatures, byte[]... parts) {
		return candidates(signatures, ED25519_SIGNATURE_LENGTH).stream()
			.anyMatch((signature) -> keys.stream().anyMatch((key) -> isOf(key, signature, parts)));
	}

	private static List<byte[]> candidates(List<byte[]> signatures, int length) {
		return (signatures.size() > MAX_SIGNATURES) ? List.of()
				: signatures.stream().filter((signature) -> signature.length == length).toList();
	}

	static byte[] hmac(byte[] key, byte[]... parts) {
		try {
			Mac mac = Mac.getInstance(HMAC);
			mac.init(new SecretKeySpec(key, HMAC));
			for (byte[] part : parts) {
				mac.update(part);
			}
			return mac.doFinal();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("Every Java platform has HmacSHA256", ex);
		}
	}

	static PublicKey ed25519(byte[] raw) {
		if (raw.length != ED25519_LENGTH) {
			throw new IllegalArgumentException("an Ed25519 key of 32 bytes, not of " + raw.length);
		}
		byte[] encoded = new byte[ED25519_HEADER.length + ED25519_LENGTH];
		System.arraycopy(ED25519_HEADER, 0, encoded, 0, ED25519_HEADER.length);
		System.arraycopy(raw, 0, encoded, ED25519_HEADER.length, ED25519_LENGTH);
		try {
			return KeyFactory.getInstance(ED25519).generatePublic(new X509EncodedKeySpec(encoded));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalArgumentException("an Ed25519 key, which this is not", ex);
		}
	}

	static boolean isOf(PublicKey key, byte[] signature, byte[]... parts) {
		try {
			Signature verifier = Signature.getInstance(ED25519);
			verifier.initVerify(key);
			for (byte[] part : parts) {
				verifier.update(part);
			}
			return verifier.verify(signature);
		}
		catch (SignatureException ex) {
			return false;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("Every Java platform since 15 has Ed25519", ex);
		}
	}

	static byte[] utf8(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Reads what an attacker may have written.
	 * @return no bytes if it is not hexadecimal
	 */
	static byte[] hex(String text) {
		try {
			return HexFormat.of().parseHex(text);
		}
		catch (IllegalArgumentException ex) {
			return new byte[0];
		}
	}

}
