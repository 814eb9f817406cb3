package hub.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/** `packs` in Kafka Streams: a processor with a store that is cached, kept in RocksDB and logged. */
public final class StreamsPacks {
  private static final String MEANS = "means";

  private StreamsPacks() {}

  public static void main(String[] args) throws Exception {
    Job job = Job.given(args);
    StreamsBuilder builder = new StreamsBuilder();
    builder.addStateStore(
        Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(MEANS), Serdes.String(), doubles())
            .withCachingEnabled()
            .withLoggingEnabled(Map.of()));
    builder.stream(job.source(), Consumed.with(Serdes.String(), Serdes.ByteArray()))
        .process(() -> new Sense(job), MEANS)
        .to(job.sink(), Produced.with(Serdes.String(), Serdes.ByteArray()));
    Streams.run(job, builder.build());
  }

  private static Serde<double[]> doubles() {
    return Serdes.serdeFrom(
        (topic, values) -> {
          if (values == null) {
            return null;
          }
          ByteBuffer bytes = ByteBuffer.allocate(values.length * Double.BYTES);
          bytes.asDoubleBuffer().put(values);
          return bytes.array();
        },
        (topic, bytes) -> {
          if (bytes == null) {
            return null;
          }
          double[] values = new double[bytes.length / Double.BYTES];
          ByteBuffer.wrap(bytes).asDoubleBuffer().get(values);
          return values;
        });
  }

  private static final class Sense extends ContextualProcessor<String, byte[], String, byte[]> {
    private final Job job;
    private final Packs packs;
    private KeyValueStore<String, double[]> means;

    Sense(Job job) {
      this.job = job;
      try {
        packs = new Packs(job);
      } catch (IOException trouble) {
        throw new UncheckedIOException(trouble);
      }
    }

    @Override
    public void init(ProcessorContext<String, byte[]> context) {
      super.init(context);
      means = context.getStateStore(MEANS);
    }

    @Override
    public void process(Record<String, byte[]> pack) {
      boolean last = Meter.count(job);
      double[] state = means.get(pack.key());
      state = state == null ? Packs.fresh() : state;
      byte[] alarm = absorb(pack.value(), state);
      means.put(pack.key(), state);
      if (alarm != null) {
        context().forward(pack.withValue(alarm));
      }
      if (last) {
        context().commit();
        Meter.allRead();
      }
    }

    private byte[] absorb(byte[] body, double[] state) {
      try {
        return packs.absorb(body, state);
      } catch (IOException trouble) {
        throw new UncheckedIOException(trouble);
      }
    }
  }
}
