// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

import com.sun.management.OperatingSystemMXBean;

/**
 * What the figures were measured on.
 */
final class Machine {

	private static final OperatingSystemMXBean SYSTEM = ManagementFactory
		.getPlatformMXBean(OperatingSystemMXBean.class);

	private Machine() {
	}

	static String description() {
		return Runtime.getRuntime().availableProcessors() + " processors (" + processor() + "), "
				+ (SYSTEM.getTotalMemorySize() >> 30) + " GiB of memory, " + SYSTEM.getName() + " "
				+ SYSTEM.getVersion() + ", Java " + Runtime.version();
	}

	/**
	 * Load average of the last minute.
	 */
	static String load() {
		return String.format(Locale.ROOT, "%.1f", SYSTEM.getSystemLoadAverage());
	}

	private static String processor() {
		Path description = Path.of("/proc/cpuinfo");
		if (!Files.isReadable(description)) {
			return SYSTEM.getArch();
		}
		try {
			return Files.readAllLines(description)
				.stream()
				.filter((line) -> line.startsWith("model name"))
				.map((line) -> line.substring(line.indexOf(':') + 1).trim())
				.findFirst()
				.orElse(SYSTEM.getArch());
		}
		catch (IOException ex) {
			return SYSTEM.getArch() + ", " + ex.getMessage();
		}
	}

}
