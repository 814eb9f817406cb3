package hub.bench;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeHint;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Runs a keyed function in a Flink cluster of this process until all of a job is in a checkpoint: at least once,
 * parallelism 1, state on the heap, a checkpoint to files every 5 s and one at the end.
 */
final class Flink {
  private Flink() {}

  static void run(Job job, KeyedProcessFunction<String, Tuple2<String, byte[]>, ProducerRecord<byte[], byte[]>> work)
      throws Exception {
    Configuration config = new Configuration();
    config.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(5));
    config.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, Path.of(job.folder()).toUri().toString());
    config.set(PipelineOptions.OBJECT_REUSE, true);
    config.set(RestOptions.BIND_PORT, "0");
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(config);
    env.setParallelism(1);
    env.fromSource(source(job), WatermarkStrategy.noWatermarks(), "source")
        .keyBy(record -> record.f0)
        .process(work)
        .sinkTo(sink(job));
    MiniClusterConfiguration one =
        new MiniClusterConfiguration.Builder()
            .setConfiguration(config)
            .setNumTaskManagers(1)
            .setNumSlotsPerTaskManager(1)
            .build();
    try (MiniCluster cluster = new MiniCluster(one)) {
      cluster.start();
      JobID id = cluster.submitJob(env.getStreamGraph()).get().getJobID();
      dieIfItFails(cluster, id);
      Meter.awaitAllRead();
      cluster.triggerCheckpoint(id).get();
      Meter.report(job);
      cluster.cancelJob(id).get();
    }
  }

  private static void dieIfItFails(MiniCluster cluster, JobID id) {
    cluster
        .requestJobResult(id)
        .thenAccept(
            result ->
                result
                    .getSerializedThrowable()
                    .ifPresent(
                        trouble -> {
                          trouble.printStackTrace();
                          Runtime.getRuntime().halt(1);
                        }));
  }

  private static KafkaSource<Tuple2<String, byte[]>> source(Job job) {
    return KafkaSource.<Tuple2<String, byte[]>>builder()
        .setBootstrapServers(job.brokers())
        .setTopics(job.source())
        .setGroupId(job.group())
        .setStartingOffsets(OffsetsInitializer.earliest())
        .setDeserializer(new KeyAndBody())
        .build();
  }

  private static KafkaSink<ProducerRecord<byte[], byte[]>> sink(Job job) {
    KafkaRecordSerializationSchema<ProducerRecord<byte[], byte[]>> asIs =
        (record, context, timestamp) -> record;
    return KafkaSink.<ProducerRecord<byte[], byte[]>>builder()
        .setBootstrapServers(job.brokers())
        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
        .setProperty("acks", "all")
        .setRecordSerializer(asIs)
        .build();
  }

  private static final class KeyAndBody implements KafkaRecordDeserializationSchema<Tuple2<String, byte[]>> {
    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Tuple2<String, byte[]>> out) {
      out.collect(Tuple2.of(new String(record.key(), StandardCharsets.UTF_8), record.value()));
    }

    @Override
    public TypeInformation<Tuple2<String, byte[]>> getProducedType() {
      return TypeInformation.of(new TypeHint<>() {});
    }
  }
}
