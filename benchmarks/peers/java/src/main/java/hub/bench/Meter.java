package hub.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/** Measures this process from its first record to its last commit; one engine and one thread of work per process. */
final class Meter {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final CountDownLatch ALL_READ = new CountDownLatch(1);
  private static long began;
  private static long cpu;
  private static long read;

  private Meter() {}

  /** Counts a record before it is worked on; true for the last one. The engine's one thread calls it. */
  static boolean count(Job job) {
    if (read == 0) {
      cpu = SYSTEM.getProcessCpuTime();
      began = System.nanoTime();
    }
    read++;
    return read == job.records();
  }

  /** The last record is worked on: what is left is to commit. */
  static void allRead() {
    ALL_READ.countDown();
  }

  static void awaitAllRead() throws InterruptedException {
    ALL_READ.await();
  }

  /** Tells the parent the result, in its own form. */
  static void report(Job job) throws IOException, InterruptedException {
    double seconds = (System.nanoTime() - began) / 1e9;
    double used = (SYSTEM.getProcessCpuTime() - cpu) / 1e9;
    String sample =
        String.format(
            Locale.ROOT,
            "{\"records\": %d, \"seconds\": %f, \"cpu_s\": %f, \"peak_mb\": %f}",
            job.records(),
            seconds,
            used,
            residentKb() / 1024.0);
    Files.writeString(Path.of(job.folder(), "result.json"), sample);
  }

  /** The largest size of this process; where the system does not keep it, the size now, which a JVM seldom lowers. */
  private static long residentKb() throws IOException, InterruptedException {
    Path status = Path.of("/proc/self/status");
    if (Files.exists(status)) {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
    }
    String pid = Long.toString(ProcessHandle.current().pid());
    Process ps = new ProcessBuilder("ps", "-o", "rss=", "-p", pid).start();
    String told = new String(ps.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).trim();
    ps.waitFor();
    return Long.parseLong(told);
  }
}
