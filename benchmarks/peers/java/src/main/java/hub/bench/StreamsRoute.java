package hub.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** `route` in the DSL of Kafka Streams: tickets come keyed by town, so counting is groupByKey and count. */
public final class StreamsRoute {
  private StreamsRoute() {}

  public static void main(String[] args) throws Exception {
    Job job = Job.given(args);
    StreamsBuilder builder = new StreamsBuilder();
    KStream<String, byte[]> tickets =
        builder.stream(job.source(), Consumed.with(Serdes.String(), Serdes.ByteArray()));
    tickets
        .groupByKey()
        .count(
            Materialized.<String, Long, KeyValueStore<Bytes, byte[]>>as("counts")
                .withKeySerde(Serdes.String())
                .withValueSerde(Serdes.Long()));
    tickets
        .process(() -> new Forward(job))
        .to(job.sink(), Produced.with(Serdes.ByteArray(), Serdes.ByteArray()));
    Streams.run(job, builder.build());
  }

  private static final class Forward extends ContextualProcessor<String, byte[], byte[], byte[]> {
    private final Job job;
    private final Tickets tickets;

    Forward(Job job) {
      this.job = job;
      try {
        tickets = new Tickets();
      } catch (IOException trouble) {
        throw new UncheckedIOException(trouble);
      }
    }

    @Override
    public void process(Record<String, byte[]> ticket) {
      boolean last = Meter.count(job);
      Tickets.Order order = order(ticket.value());
      context()
          .forward(
              ticket
                  .withKey(order.key())
                  .withValue(order.value())
                  .withHeaders(new RecordHeaders(order.headers())));
      if (last) {
        context().commit();
        Meter.allRead();
      }
    }

    private Tickets.Order order(byte[] body) {
      try {
        return tickets.forward(body);
      } catch (IOException trouble) {
        throw new UncheckedIOException(trouble);
      }
    }
  }
}
