package hub.bench;

import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;

/** Runs a topology of Kafka Streams until all of a job is committed: at least once, one thread, its own defaults. */
final class Streams {
  private static final long LOOK_EACH_MS = 10;

  private Streams() {}

  static void run(Job job, Topology topology) throws Exception {
    Properties config = new Properties();
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, job.brokers());
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, job.group());
    config.put(StreamsConfig.STATE_DIR_CONFIG, job.folder());
    config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
    config.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    KafkaStreams streams = new KafkaStreams(topology, config);
    streams.setUncaughtExceptionHandler(
        trouble -> {
          trouble.printStackTrace();
          Runtime.getRuntime().halt(1);
          return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
    streams.start();
    Meter.awaitAllRead();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", job.brokers()))) {
      while (committed(admin, job.group()) < job.records()) {
        Thread.sleep(LOOK_EACH_MS);
      }
    }
    Meter.report(job);
    streams.close();
  }

  private static long committed(Admin admin, String group) throws Exception {
    Map<?, OffsetAndMetadata> offsets =
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
    return offsets.values().stream().mapToLong(OffsetAndMetadata::offset).sum();
  }
}
